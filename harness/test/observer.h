/* Opens one connection against a scripted server and writes down its events
 * as text: " opened data:hello sign:fin ended". */
#ifndef MQTTSPEC_TEST_OBSERVER_H
#define MQTTSPEC_TEST_OBSERVER_H

#include "net/net.h"
#include "test/scripted_server.h"

struct observer;
typedef void (*reaction)(struct observer *observer,
                         const struct net_event *event);

struct observer {
    uv_loop_t loop;
    uv_timer_t guard; /* fails the test instead of hanging it */
    struct peer peer;
    struct net_options options;
    struct net_trust *trust;
    struct net_connection *connection;
    reaction react; /* NULL: none */
    struct buffer told;
    bool in_data;
    int64_t last_time;
    enum net_event_kind drop_at; /* for reactions */
};

/* A server that plays the script, and options for a connection to it; TLS
 * trusts the authority that made its certificate. */
void observer_prepare(struct observer *observer, enum net_transport transport,
                      peer_script script);
void observer_open(struct observer *observer, reaction react);
/* Both in one. */
void observer_start(struct observer *observer, enum net_transport transport,
                    peer_script script, reaction react);
/* Trust by this authority, showing this certificate (NULL: none). */
void observer_trust(struct observer *observer, const char *authority,
                    const char *certificate);
/* Runs the loop until the text has been told. */
void observer_run_until(struct observer *observer, const char *told);
/* Runs the loop as long as anything is under way. */
void observer_run_out(struct observer *observer);
void observer_expect(struct observer *observer, const char *told);
void observer_send(struct observer *observer, const char *text);
/* Waits for the server's script, drops the connection and frees all. */
void observer_stop(struct observer *observer);
/* observer_run_until, _expect and _stop. */
void observer_finish(struct observer *observer, const char *told);

#endif
