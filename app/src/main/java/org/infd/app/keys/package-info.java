/**
 * The keys of the studio: one list that says which there are and what they do, from which what is
 * pressed, what tooltips say and what the sheet of keys shows is taken.
 */
@org.jspecify.annotations.NullMarked
package org.infd.app.keys;
