/** The choices for the next picture and their controls. */
@org.jspecify.annotations.NullMarked
package org.infd.app.recipe;
