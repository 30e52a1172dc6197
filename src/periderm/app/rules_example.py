"""The pack that `periderm rules example` prints: something to begin with. A test runs it."""

EXAMPLE = """\
# A pack of runtime rules. Try it before you use it:   periderm rules try THIS --since 24h
# Put it into the rules' folder to use it:              /var/lib/periderm/rules (or PERIDERM_RULES)
kind: runtime
name: example
version: 1.0.0

lists:
  network_tools: [nc, ncat, socat, telnet]
  admin_tools: [kubectl, crictl, ctr, docker, podman]

macros:
  started: kind == 'exec' && contained
  from_outside: interactive || server_shell

rules:
  - id: example-network-tool
    title: {en: Run a network tool in a container, zh: 在容器中运行网络工具}
    condition: started && name in network_tools
    severity: medium
    techniques: [T1059]
    message: {en: "{cmdline} was run in {container} by {parent}.", zh: "{container} 中的 {parent} 运行了 {cmdline}。"}
    tests:
      - name: ncat in a web server's container
        given: {kind: exec, exe: /usr/bin/ncat, argv: [ncat, -l, "4444"], container: web, parent: sh}
        fires: true
      - name: the same on the host
        given: {kind: exec, exe: /usr/bin/ncat, argv: [ncat, -l, "4444"]}
        fires: false
      - name: the health check, which is excepted
        given: {kind: exec, exe: /usr/bin/nc, argv: [nc, -z, localhost, "6379"], image: "registry.example.org/redis:7"}
        fires: false

  - id: example-admin-tool
    title: {en: Run a tool that controls containers inside of one, zh: 在容器内运行容器管理工具}
    condition: started && name in admin_tools && from_outside
    severity: high
    techniques: [T1609]
    response: kill-process             # asked for; done only where a policy allows it
    message: {en: "{name} was run in {container} ({how}).", zh: "{container} 中运行了 {name}（{how}）。"}
    tests:
      - given: {kind: exec, exe: /usr/local/bin/kubectl, container: web, how: exec}
        fires: true
      - given: {kind: exec, exe: /usr/local/bin/kubectl, container: deployer, how: entrypoint}
        fires: false

  - id: example-configuration-changed
    title: {en: Change the configuration of a running service, zh: 修改运行中服务的配置}
    condition: >-
      kind == 'open' && writes && contained && seconds > 300.0
      && (path.startsWith('/etc/nginx/') || glob(path, '/opt/*/conf/**'))
    severity: medium
    message: {en: "{name} opened {path} for writing in {container}.", zh: "{container} 中的 {name} 以写方式打开了 {path}。"}
    tests:
      - given: {kind: open, path: /etc/nginx/nginx.conf, writes: true, container: web, seconds: 4000}
        fires: true
      - name: while it starts
        given: {kind: open, path: /etc/nginx/nginx.conf, writes: true, container: web, seconds: 2}
        fires: false
      - name: read only
        given: {kind: open, path: /opt/shop/conf/db.xml, container: web, seconds: 4000}
        fires: false

  - id: example-database-connects-out
    title: {en: Connect from a database to a public address, zh: 数据库连接公网地址}
    condition: >-
      kind == 'connect' && contained && repository.matches('/(postgres|mysql|redis)$') && family == 'ipv4'
      && !['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8'].exists(n, inNetwork(address, n))
    severity: high
    techniques: [T1071]
    message: {en: "{name} in {container} connected to {object}.", zh: "{container} 中的 {name} 连接了 {object}。"}
    tests:
      - given: {kind: connect, address: 203.0.113.9, port: 443, image: "registry.example.org/postgres:16"}
        fires: true
      - given: {kind: connect, address: 10.1.2.3, port: 5432, image: "registry.example.org/postgres:16"}
        fires: false

exceptions:
  - reason: The health check of redis asks its port with nc
    owner: data-team@example.org
    expires: 2099-12-31                # the last day on which it holds
    rules: [example-network-tool]
    fields: [cmdline, repository]
    values:
      - ["nc -z localhost *", "*/redis"]
"""
