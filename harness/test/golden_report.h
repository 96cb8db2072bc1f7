/* Reports compared with files: GOLDEN_UPDATE=1 writes them anew. */
#ifndef MQTTSPEC_TEST_GOLDEN_REPORT_H
#define MQTTSPEC_TEST_GOLDEN_REPORT_H

/* Fails the test when text is not what the file holds. */
void golden_report(const char *path, const char *text);

#endif
