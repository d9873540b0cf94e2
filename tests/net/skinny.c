/* skinny.c - every message of the table of SCCP, in frames as text2pcap reads them. Once with all
 * fields zero, once with something in each.
 */
#include "emu/sccp/message.h"

#include <stdlib.h>
#include <string.h>

static void print(const uint8_t *frame, size_t len)
{
    printf("000000");
    for (size_t i = 0; i < len; i++)
        printf(" %02x", frame[i]);
    printf("\n");
}

/* Counts that say so many as there is room for, and no more. */
static void fill(struct sccp_msg *msg)
{
    memset((char *)msg + offsetof(struct sccp_msg, name), 1,
           sizeof *msg - offsetof(struct sccp_msg, name));
    memset(msg->number, 0, sizeof msg->number);
    memset(msg->full_name, 0, sizeof msg->full_name);
    memset(msg->label, 0, sizeof msg->label);
    strcpy(msg->number, "1001");
    strcpy(msg->full_name, "one thousand");
    strcpy(msg->label, "line one");
    msg->count = msg->total = 16;
    msg->video_count = msg->data_count = 0;
    memset(msg->before, 0, sizeof msg->before);
    memset(msg->after, 0, sizeof msg->after);
}

int main(int argc, char **argv)
{
    uint32_t version = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
    for (size_t i = 0; i < sccp_format_count; i++) {
        uint8_t frame[SCCP_FRAME_MAX];
        struct sccp_msg msg = {.id = sccp_formats[i].id, .version = version};
        print(frame, sccp_encode(&msg, frame));
        fill(&msg);
        print(frame, sccp_encode(&msg, frame));
    }
    return 0;
}
