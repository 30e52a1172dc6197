"""Files that people write beside their code: exceptions, licence policies, rules. YAML, read with the line and column of
everything, so that an error says where and what was perhaps meant."""
