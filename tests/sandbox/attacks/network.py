"""Reaching other machines, and other programs of this one, by sockets of every family."""

from __future__ import annotations

import socket
from errno import EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT

from .attack import World, attack, check, reach

LOCAL = "127.0.0.1"
_ABSENT = (EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT)


def _made(family: int, kind: int, protocol: int = 0) -> None:
    socket.socket(family, kind, protocol).close()


def _connected(family: int, kind: int, address: str | bytes) -> None:
    with socket.socket(family, kind) as made:
        made.connect(address)
        made.send(b"taken away")


@attack()
def tcp(world: World) -> None:
    socket.create_connection((LOCAL, world.tcp), 5).close()


@attack(unless=_ABSENT)
def tcp_over_ipv6(world: World) -> None:
    _made(socket.AF_INET6, socket.SOCK_STREAM)


@attack()
def tcp_fast_open(world: World) -> None:
    with socket.socket() as made:
        made.sendto(b"taken away", 0x20000000, (LOCAL, world.tcp))  # MSG_FASTOPEN


@attack(unless=_ABSENT)
def mptcp(world: World) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as made:
        made.connect((LOCAL, world.tcp))


@attack()
def listen(world: World) -> None:
    socket.create_server((LOCAL, 0)).close()


@attack()
def udp(world: World) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as made:
        made.sendto(b"taken away", (LOCAL, world.udp))


@attack(unless=_ABSENT)
def udp_lite(world: World) -> None:
    _made(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)


@attack(unless=_ABSENT)
def sctp(world: World) -> None:
    _made(socket.AF_INET, socket.SOCK_SEQPACKET, 132)


@attack()
def names(world: World) -> None:
    check(socket.getaddrinfo("localhost", world.tcp, type=socket.SOCK_STREAM))
    tcp(world)


@attack()
def unix_stream(world: World) -> None:
    _connected(socket.AF_UNIX, socket.SOCK_STREAM, world.unix)


@attack()
def unix_datagrams(world: World) -> None:
    _connected(socket.AF_UNIX, socket.SOCK_DGRAM, world.datagrams)


@attack()
def unix_packets(world: World) -> None:
    _connected(socket.AF_UNIX, socket.SOCK_SEQPACKET, world.packets)


@attack()
def unix_abstract(world: World) -> None:
    _connected(socket.AF_UNIX, socket.SOCK_STREAM, bytes.fromhex(world.abstract))


@attack()
def unix_bound(world: World) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{world.folder}/bound")


@attack()
def pair(world: World) -> None:
    for made in socket.socketpair():
        made.close()


@attack()
def netlink_routes(world: World) -> None:
    _made(socket.AF_NETLINK, socket.SOCK_RAW, 0)


@attack()
def netlink_devices(world: World) -> None:
    _made(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)  # NETLINK_KOBJECT_UEVENT


@attack(root=True, unless=_ABSENT)
def netlink_audit(world: World) -> None:
    _made(socket.AF_NETLINK, socket.SOCK_RAW, 9)


@attack(unless=_ABSENT)
def vsock(world: World) -> None:
    _made(socket.AF_VSOCK, socket.SOCK_STREAM)


@attack(root=True)
def raw(world: World) -> None:
    _made(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)


@attack(root=True, unless=_ABSENT)
def packets(world: World) -> None:
    _made(socket.AF_PACKET, socket.SOCK_RAW, 0x0300)  # every protocol, in network order


@attack(root=True, unless=_ABSENT)
def express_data_path(world: World) -> None:
    _made(44, socket.SOCK_RAW)


@attack(unless=_ABSENT)
def crypto(world: World) -> None:
    _made(socket.AF_ALG, socket.SOCK_SEQPACKET)


@attack(root=True, unless=_ABSENT)
def bluetooth(world: World) -> None:
    _made(31, socket.SOCK_RAW, 1)


@attack(unless=_ABSENT)
def can(world: World) -> None:
    _made(29, socket.SOCK_RAW, 1)


@attack()
def socket_by_number(world: World) -> None:
    reach("socket", 2, 1, 0)
