//! The kernel's own word of routes (rtnetlink(7)): there is one wherever a network comes back, also without a daemon.

use crate::Tiding;
use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SocketFlags, SocketType, bind, netlink::SocketAddrNetlink, recv,
        socket_with,
    },
};
use std::io;

/// `RTMGRP_IPV4_ROUTE` and `RTMGRP_IPV6_ROUTE`.
const GROUPS: u32 = 0x40 | 0x400;
/// `RTM_NEWROUTE`.
const NEW_ROUTE: u16 = 24;
/// `RT_TABLE_LOCAL`: addresses of this machine itself.
const LOCAL: u8 = 255;
/// `RTN_UNICAST`: a way to somewhere.
const UNICAST: u8 = 1;
/// Bytes of a message's header, and where its length is to be a multiple of four.
const HEADER: usize = 16;

/// # Errors
/// Where the kernel does not tell.
pub(super) async fn listen(tell: &(impl Fn(Tiding) + Sync)) -> io::Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    let socket = super::readable(socket)?;
    let mut buffer = vec![0; 32 * 1024];
    loop {
        let mut ready = socket.readable().await?;
        let mut news = false;
        loop {
            match recv(&socket, &mut buffer[..], RecvFlags::empty()) {
                Ok((bytes, _)) => news |= tells_a_way(&buffer[..bytes]),
                // More came than the kernel could keep.
                Err(Errno::NOBUFS) => news = true,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error.into()),
            }
        }
        ready.clear_ready();
        if news {
            tell(Tiding::Network);
        }
    }
}

/// Whether one of these messages tells of a new way to other machines.
fn tells_a_way(mut messages: &[u8]) -> bool {
    while let Some((length, kind)) = header(messages) {
        let body = messages.get(HEADER..length).unwrap_or_default();
        // `struct rtmsg`: family, lengths and service, then table, protocol, scope and type.
        if kind == NEW_ROUTE
            && body.get(4).is_some_and(|table| *table != LOCAL)
            && body.get(7) == Some(&UNICAST)
        {
            return true;
        }
        messages = messages.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    false
}

/// Length and type of the first message (netlink(7)); nothing where there is no whole one.
fn header(messages: &[u8]) -> Option<(usize, u16)> {
    let length = u32::from_ne_bytes(messages.get(..4)?.try_into().ok()?);
    let kind = u16::from_ne_bytes(messages.get(4..6)?.try_into().ok()?);
    let length = usize::try_from(length).ok()?;
    (HEADER..=messages.len()).contains(&length).then_some((length, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = HEADER + body.len();
        let mut bytes = u32::try_from(length).unwrap_or(0).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes.resize(length.next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn only_a_new_way_to_others_counts() {
        let route = |table: u8, kind: u8| message(NEW_ROUTE, &[2, 0, 0, 0, table, 3, 0, kind, 0, 0, 0, 0]);
        let other = message(20, &[2, 0, 0, 0, 254, 3, 0, UNICAST, 0]);
        assert!(tells_a_way(&route(254, UNICAST)));
        assert!(!tells_a_way(&route(LOCAL, UNICAST)) && !tells_a_way(&route(254, 2)) && !tells_a_way(&other));
        assert!(tells_a_way(&[other, route(LOCAL, 2), route(254, UNICAST)].concat()));
        let whole = route(254, UNICAST);
        for cut in 0..whole.len() - 4 {
            assert!(!tells_a_way(&whole[..cut]), "{cut}");
        }
        assert!(!tells_a_way(&[0; 64]), "no length leads nowhere");
    }
}
