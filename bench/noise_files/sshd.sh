#!/bin/sh
# An SSH server whose keys are made at the first start, as usual, and one user who may log in.
set -e
ssh-keygen -A
mkdir -p /run/sshd
useradd -m -s /bin/bash ops 2>/dev/null || true
mkdir -p /home/ops/.ssh
cp /srv/noise/key.pub /home/ops/.ssh/authorized_keys
chown -R ops /home/ops/.ssh && chmod 700 /home/ops/.ssh && chmod 600 /home/ops/.ssh/authorized_keys
exec /usr/sbin/sshd -D -e
