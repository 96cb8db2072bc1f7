/* The files of report/page/ as lists of lines, ended by NULL. */
#ifndef MQTTSPEC_REPORT_HTML_PAGE_H
#define MQTTSPEC_REPORT_HTML_PAGE_H

extern const char *const html_page[];
extern const char *const html_style[];
extern const char *const html_script[];

#endif
