# Arguments: the user and group to become, or two empty ones to stay who we are; a program and its arguments.
# Makes `lo` everything there is in the new network that we are in, then becomes the program.
set -eu
user=$1 group=$2
shift 2
# Where Debian keeps `ip`.
PATH=$PATH:/usr/sbin:/sbin

ip link set lo up
ip route add local default dev lo
ip -6 route add local default dev lo
[ -z "$(ip -o link show up | grep -v ': lo:')" ] || { echo 'There is more than lo.' >&2; exit 1; }

# Ports below 1024, for whoever we become. As root we have them, and in a container this may not be written to.
[ -z "$user" ] || echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start

# The system's resolver asks 127.0.0.1, of this network.
folder=$(mktemp -d)
# Whatever fails from here on; the program that is run at the end does not come back to it.
trap 'umount -l "$folder" 2>/dev/null || :; rmdir "$folder"' EXIT
mount -t tmpfs none "$folder"
chmod 755 "$folder"
echo 'nameserver 127.0.0.1' >"$folder/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$folder/hosts"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
mount --bind "$folder/hosts" /etc/hosts
umount -l "$folder"
rmdir "$folder"
trap - EXIT

[ -z "$user" ] || exec setpriv --reuid="$user" --regid="$group" --clear-groups -- "$@"
exec "$@"
