#!/bin/sh
# An SSH server whose keys are made at the first start, as usual; two users may log in by key.
set -e
ssh-keygen -A
mkdir -p /run/sshd
chown -R ops /home/ops/.ssh && chmod 700 /home/ops/.ssh /root/.ssh && chmod 600 /home/ops/.ssh/* /root/.ssh/*
exec /usr/sbin/sshd -D -e
