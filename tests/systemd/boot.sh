#!/bin/bash
# Boots a real systemd as PID 1 of namespaces of its own, on a throw-away copy of this machine's root: an overlay whose
# changes lie in memory. Needs root, and unified or hybrid cgroups.
#
#   boot.sh FILES TARGET
#
# FILES: a folder that is laid over the root before the boot. TARGET: the unit to boot into. Prints `booted PID`, the inner
# systemd as this machine numbers it, for `nsenter -t PID -a`; lives until its input ends, then removes everything.
set -euo pipefail
files=$1 target=$2

# A mount namespace first, so that nothing mounted here outlives the script.
if [ "${3:-}" != inside ]; then
  exec unshare --mount --propagation private bash "$0" "$files" "$target" inside
fi

work=$(mktemp -d)
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
cp -a "$files/." "$root/"

# A cgroup of our own in each hierarchy: the inner systemd takes the cgroup that it starts in for the root, and must not
# reorder the machine's.
name=maildesk-boot-$$
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  layout=unified
  groups=("/sys/fs/cgroup/$name")
else
  layout=hybrid
  groups=()
  for hierarchy in /sys/fs/cgroup/*/; do
    [ -e "$hierarchy/cgroup.procs" ] && groups+=("$hierarchy$name")
  done
fi
for group in "${groups[@]}"; do
  mkdir "$group"
  # cpuset refuses processes until it is told where they may run.
  if [ -e "$group/cpuset.mems" ] && [ "$layout" = hybrid ]; then
    cat "$(dirname "$group")/cpuset.cpus" > "$group/cpuset.cpus"
    cat "$(dirname "$group")/cpuset.mems" > "$group/cpuset.mems"
  fi
done

cat > "$work/inner.sh" <<INNER
set -e
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 600 dev/kmsg c 1 11
if [ $layout = unified ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
  mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
fi
ip link set lo up
mkdir -p mnt/outside
pivot_root . mnt/outside
umount -l /mnt/outside
# Shared, as container managers make it: otherwise LoadCredential= leaves an empty folder.
mount --make-rshared /
export container=lab
exec /lib/systemd/systemd --log-target=console --show-status=no --unit=$target
INNER

(
  for group in "${groups[@]}"; do echo $BASHPID > "$group/cgroup.procs"; done
  exec unshare --fork --pid --mount --ipc --uts --net --cgroup --kill-child bash "$work/inner.sh"
) > "$work/console" 2>&1 < /dev/null &
outer=$!

cleanup() {
  set +e
  kill -KILL $outer 2> /dev/null
  wait $outer 2> /dev/null
  # A cgroup can be removed once its last process is reaped.
  for _ in $(seq 50); do
    left=0
    for group in "${groups[@]}"; do
      [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} \; 2> /dev/null
      [ -d "$group" ] && left=1
    done
    [ $left = 0 ] && break
    sleep 0.1
  done
}
trap cleanup EXIT

for _ in $(seq 300); do
  kill -0 $outer 2> /dev/null || break
  pid=$(pgrep -P $outer | head -1 || true)
  if [ -n "$pid" ]; then
    state=$(nsenter -t "$pid" -a systemctl is-system-running 2> /dev/null || true)
    case $state in
      running | degraded)
        echo "booted $pid"
        cat > /dev/null
        exit 0
        ;;
    esac
  fi
  sleep 0.1
done
echo "not booted:"
tail -20 "$work/console"
exit 1
