/* Captures in the pcapng format (draft-ietf-opsawg-pcapng): raw IP packets,
 * TCP headers made anew around the bytes that were kept. Numbers of the
 * format itself are big-endian here, which its byte order mark says. */
#include "report/report.h"

#include "engine/traffic.h"
#include <netinet/in.h>
#include <string.h>

enum block {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10
};
#define BYTE_ORDER_MARK 0x1a2b3c4d
#define LINKTYPE_RAW 101
#define SECRETS_TLS 0x544c534b
#define OPTION_RESOLUTION 9 /* if_tsresol */
#define NANOSECONDS 9       /* 10^-9 */
#define SEGMENT ((size_t)16384)
#define HEADERS 60

enum tcp_flag {
    TCP_FIN = 1,
    TCP_SYN = 2,
    TCP_RST = 4,
    TCP_PUSH = 8,
    TCP_ACK = 16
};

/* ---- blocks ------------------------------------------------------------ */

/* The length stands at both ends of a block. */
static size_t begin_block(struct buffer *out, enum block type)
{
    buffer_u32(out, type);
    buffer_u32(out, 0);
    return out->size - 8;
}

static void pad(struct buffer *out)
{
    while (out->size % 4)
        buffer_u8(out, 0);
}

static void end_block(struct buffer *out, size_t begin)
{
    pad(out);
    buffer_u32(out, (uint32_t)(out->size + 4 - begin));
    if (out->failed)
        return;
    memcpy(out->data + begin + 4, out->data + out->size - 4, 4);
}

static void put_section(struct buffer *out)
{
    size_t block = begin_block(out, BLOCK_SECTION);
    buffer_u32(out, BYTE_ORDER_MARK);
    buffer_u16(out, 1); /* version 1.0 */
    buffer_u16(out, 0);
    buffer_u32(out, UINT32_MAX); /* length of the section: not said */
    buffer_u32(out, UINT32_MAX);
    end_block(out, block);
}

static void put_interface(struct buffer *out)
{
    size_t block = begin_block(out, BLOCK_INTERFACE);
    buffer_u16(out, LINKTYPE_RAW);
    buffer_u16(out, 0);
    buffer_u32(out, 0); /* packets of any length */
    buffer_u16(out, OPTION_RESOLUTION);
    buffer_u16(out, 1);
    buffer_u8(out, NANOSECONDS);
    pad(out);
    buffer_u32(out, 0); /* end of options */
    end_block(out, block);
}

static void put_secrets(struct buffer *out, struct slice lines)
{
    if (!lines.size)
        return;
    size_t block = begin_block(out, BLOCK_SECRETS);
    buffer_u32(out, SECRETS_TLS);
    buffer_u32(out, (uint32_t)lines.size);
    buffer_append_slice(out, lines);
    end_block(out, block);
}

static void put_packet(struct buffer *out, int64_t time, struct slice packet)
{
    uint64_t stamp = time > 0 ? (uint64_t)time : 0;
    size_t block = begin_block(out, BLOCK_PACKET);
    buffer_u32(out, 0); /* the interface */
    buffer_u32(out, (uint32_t)(stamp >> 32));
    buffer_u32(out, (uint32_t)stamp);
    buffer_u32(out, (uint32_t)packet.size); /* kept */
    buffer_u32(out, (uint32_t)packet.size); /* on the wire */
    buffer_append_slice(out, packet);
    end_block(out, block);
}

/* ---- IP and TCP -------------------------------------------------------- */

/* One side of a connection. */
struct side {
    const struct sockaddr_storage *address;
    uint32_t next; /* sequence number */
};

struct stream {
    struct side ours, theirs;
    bool our_fin, over; /* nothing more is written by that side */
};

struct writer {
    struct buffer *out;
    struct stream *streams;
    int64_t wall;
};

static uint16_t port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6
                     ? ((const struct sockaddr_in6 *)address)->sin6_port
                     : ((const struct sockaddr_in *)address)->sin_port);
}

static struct slice ip_of(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return slice_make(&((const struct sockaddr_in6 *)address)->sin6_addr,
                          16);
    return slice_make(&((const struct sockaddr_in *)address)->sin_addr, 4);
}

/* The sum of RFC 1071, carried on from an earlier part of even length. */
static uint32_t add_up(uint32_t sum, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        sum += i % 2 ? bytes.data[i] : (uint32_t)bytes.data[i] << 8;
    return sum;
}

static uint16_t checksum(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void set_u16(struct buffer *packet, size_t at, uint16_t value)
{
    if (packet->failed)
        return;
    packet->data[at] = (uint8_t)(value >> 8);
    packet->data[at + 1] = (uint8_t)value;
}

static void put_ip4(struct buffer *packet, const struct side *from,
                    const struct side *to, size_t size)
{
    buffer_u16(packet, 0x4500); /* version 4, five words; type of service */
    buffer_u16(packet, (uint16_t)(20 + size));
    buffer_u32(packet, 0x00004000); /* not a fragment */
    buffer_u16(packet, 0x4006);     /* hops; TCP */
    buffer_u16(packet, 0);
    buffer_append_slice(packet, ip_of(from->address));
    buffer_append_slice(packet, ip_of(to->address));
    set_u16(packet, 10, checksum(add_up(0, buffer_slice(packet))));
}

static void put_ip6(struct buffer *packet, const struct side *from,
                    const struct side *to, size_t size)
{
    buffer_u32(packet, 0x60000000);
    buffer_u16(packet, (uint16_t)size);
    buffer_u16(packet, 0x0640); /* TCP; hops */
    buffer_append_slice(packet, ip_of(from->address));
    buffer_append_slice(packet, ip_of(to->address));
}

static void put_tcp(struct buffer *packet, const struct side *from,
                    const struct side *to, unsigned flags, struct slice bytes)
{
    size_t begin = packet->size;
    buffer_u16(packet, port_of(from->address));
    buffer_u16(packet, port_of(to->address));
    buffer_u32(packet, from->next);
    buffer_u32(packet, flags & TCP_ACK ? to->next : 0);
    buffer_u16(packet, (uint16_t)(0x5000 | flags)); /* five words */
    buffer_u16(packet, UINT16_MAX);                 /* window */
    buffer_u32(packet, 0);
    buffer_append_slice(packet, bytes);
    if (packet->failed)
        return;
    uint32_t sum = add_up(0, ip_of(from->address));
    sum = add_up(sum, ip_of(to->address));
    sum += IPPROTO_TCP + (uint32_t)(20 + bytes.size);
    sum = add_up(sum, slice_make(packet->data + begin, 20 + bytes.size));
    set_u16(packet, begin + 16, checksum(sum));
}

/* One segment; SYN and FIN take a number as a byte does. */
static void put_segment(const struct writer *writer, int64_t time,
                        struct side *from, struct side *to, unsigned flags,
                        struct slice bytes)
{
    struct buffer packet = buffer_make(SEGMENT + HEADERS);
    (from->address->ss_family == AF_INET6 ? put_ip6 : put_ip4)(
        &packet, from, to, 20 + bytes.size);
    put_tcp(&packet, from, to, flags, bytes);
    from->next += (uint32_t)bytes.size + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    put_packet(writer->out, writer->wall + time, buffer_slice(&packet));
    writer->out->failed |= packet.failed;
    buffer_free(&packet);
}

static void put_bytes(const struct writer *writer, int64_t time,
                      struct side *from, struct side *to, struct slice bytes)
{
    while (bytes.size) {
        size_t size = bytes.size < SEGMENT ? bytes.size : SEGMENT;
        put_segment(writer, time, from, to, TCP_PUSH | TCP_ACK,
                    slice_make(bytes.data, size));
        bytes = slice_make(bytes.data + size, bytes.size - size);
    }
}

/* ---- what was kept ----------------------------------------------------- */

static void put_opening(const struct writer *writer, struct stream *stream,
                        const struct passage *passage)
{
    const struct traffic_connection *connection = passage->connection;
    struct slice none = slice_make(NULL, 0);
    *stream = (struct stream){.ours = {&connection->local, 1000},
                              .theirs = {&connection->remote, 2000}};
    put_segment(writer, passage->time, &stream->ours, &stream->theirs, TCP_SYN,
                none);
    put_segment(writer, passage->time, &stream->theirs, &stream->ours,
                TCP_SYN | TCP_ACK, none);
    put_segment(writer, passage->time, &stream->ours, &stream->theirs, TCP_ACK,
                none);
}

/* FIN and RST of a side; each only once, and nothing behind an RST. */
static void put_end(const struct writer *writer, struct stream *stream,
                    const struct passage *passage)
{
    bool ours = passage->flow == NET_FLOW_OUR_FIN ||
                passage->flow == NET_FLOW_OUR_RESET;
    bool reset =
        passage->flow == NET_FLOW_RESET || passage->flow == NET_FLOW_OUR_RESET;
    if (ours && !reset && stream->our_fin)
        return;
    put_segment(writer, passage->time, ours ? &stream->ours : &stream->theirs,
                ours ? &stream->theirs : &stream->ours,
                TCP_ACK | (reset ? TCP_RST : TCP_FIN), slice_make(NULL, 0));
    stream->our_fin |= ours;
    stream->over |= reset;
}

static void put_passage(const struct writer *writer,
                        const struct passage *passage)
{
    struct stream *stream = &writer->streams[passage->connection->number];
    if (passage->flow == NET_FLOW_OPENED)
        put_opening(writer, stream, passage);
    else if (stream->over || !stream->ours.address)
        return;
    else if (passage->flow == NET_FLOW_OUT)
        put_bytes(writer, passage->time, &stream->ours, &stream->theirs,
                  passage->bytes);
    else if (passage->flow == NET_FLOW_IN)
        put_bytes(writer, passage->time, &stream->theirs, &stream->ours,
                  passage->bytes);
    else
        put_end(writer, stream, passage);
}

bool pcapng_write(const struct traffic *traffic, int64_t wall,
                  struct buffer *out)
{
    struct writer writer = {
        out, memory_zero(traffic->connection_count + 1, sizeof(struct stream)),
        wall};
    if (!writer.streams)
        return false;
    put_section(out);
    put_interface(out);
    put_secrets(out, slice_make(traffic->secrets.data, traffic->secrets.size));
    for (const struct passage *passage = traffic->first;
         passage && !out->failed; passage = passage->next)
        put_passage(&writer, passage);
    memory_free(writer.streams);
    return !out->failed;
}
