#include "script/capability.h"

/* X(name, has_number, meaning) */
#define CAPABILITIES(X)                                                        \
    X("qos1", false, "PUBLISH and SUBSCRIBE with QoS 1")                       \
    X("qos2", false, "PUBLISH and SUBSCRIBE with QoS 2")                       \
    X("retain", false, "retained messages")                                    \
    X("wildcard", false, "wildcards in Topic Filters")                         \
    X("subscription_identifiers", false, "Subscription Identifiers")           \
    X("shared", false, "Shared Subscriptions")                                 \
    X("session_expiry", false, "a Session Expiry Interval above 0 is granted") \
    X("receive_maximum", true, "the Receive Maximum of CONNACK")               \
    X("maximum_qos", true, "the Maximum QoS of CONNACK")                       \
    X("topic_alias_maximum", true, "the Topic Alias Maximum of CONNACK")       \
    X("maximum_packet_size", true, "the Maximum Packet Size of CONNACK")       \
    X("server_keep_alive", true, "the Server Keep Alive of CONNACK")           \
    X("empty_client_id", false, "an empty Client Identifier is replaced")      \
    X("anonymous", false, "CONNECT without a User Name")                       \
    X("login", false, "wrong credentials are refused")                         \
    X("acl", false, "topics that may not be used: $profile.forbidden")         \
    X("enhanced_auth", false, "enhanced authentication")                       \
    X("redirect", false, "an account that is sent to another server")          \
    X("client_certificate", false, "a listener that wants certificates")       \
    X("root_topics", false, "topics without a prefix may be used")             \
    X("dollar_publish", false, "clients may publish to topics with $")         \
    X("sys_topics", false, "topics below $SYS/")                               \
    X("restart", false, "the profile can restart the broker")                  \
    X("stop", false, "the profile can stop and start the broker")              \
    X("persistence", false, "sessions and messages outlive a restart")         \
    X("short_keep_alive", false, "a keep alive of 1 s is accepted")

#define AS_ROW(text, number, what) {text, number, what},
#define AS_NAME(text, number, what) text,

static const struct capability_row ROWS[] = {CAPABILITIES(AS_ROW)};
static const char *const NAMES[] = {CAPABILITIES(AS_NAME) NULL};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

const struct capability_row *capability_find(struct slice name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (slice_is(name, ROWS[i].name))
            return &ROWS[i];
    return NULL;
}

const char *const *capability_names(void)
{
    return NAMES;
}
