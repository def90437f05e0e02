/** Recipes, fields as files, and the generator that turns the one into the other. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.generation;
