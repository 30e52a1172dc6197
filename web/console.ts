// The console's behaviour beside what the server has drawn. Each island works without the others, and every page reads without
// this file. Nothing foreign is ever parsed as HTML except our own server's pages.

import * as complete from "./islands/complete.ts";
import * as copy from "./islands/copy.ts";
import * as fields from "./islands/fields.ts";
import * as keys from "./islands/keys.ts";
import * as later from "./islands/later.ts";
import * as news from "./islands/news.ts";
import * as paper from "./islands/paper.ts";
import * as selection from "./islands/selection.ts";
import * as tail from "./islands/tail.ts";
import * as times from "./islands/times.ts";
import * as virtual from "./islands/virtual.ts";

virtual.start();
for (const island of [copy, complete, keys, selection, fields, times, news, tail, later, paper]) island.start();

// On a narrow screen the page's own name may lie beyond the edge of the navigation.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
