/** What this program is, under which licences, and what to send along with a report of a fault. */
@org.jspecify.annotations.NullMarked
package org.infd.app.about;
