package org.infd.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the arrows between modules and packages pointing down. */
class ArchitectureTest {
  private static final String ENGINE = "org.infd.inference.";
  private static final String APP_ROOT = "org.infd.app.";
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // the modules' tests as Maven packs them
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.infd.inference", "org.infd.exporter", "org.infd.app");
  }

  @Test
  void modulesPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("app")
        .definedBy("org.infd.app..")
        .layer("exporter")
        .definedBy("org.infd.exporter..")
        .layer("inference")
        .definedBy("org.infd.inference..")
        .whereLayer("app")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("exporter")
        .mayOnlyBeAccessedByLayers("app")
        .check(classes);
  }

  @Test
  void enginePackagesPointDown() {
    // each may use those after it
    String[] order = {
      "generation",
      "export",
      "dive",
      "guidance",
      "field",
      "diffusion",
      "text",
      "bundle",
      "photo",
      "runtime",
      "tensor"
    };
    for (int lower = 1; lower < order.length; lower++) {
      for (int upper = 0; upper < lower; upper++) {
        noClasses()
            .that()
            .resideInAPackage(ENGINE + order[lower] + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ENGINE + order[upper] + "..")
            .allowEmptyShould(true)
            .check(classes);
      }
    }
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "diffusion..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "field..")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "text..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "field..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE + "diffusion..")
        .check(classes);
  }

  /** The packages of the app from the top down: each may use those after it. */
  private static final List<String> APP =
      List.of(
          "window",
          "cli",
          "session",
          "opening",
          "about",
          "layout",
          "runs",
          "compare",
          "settings",
          "export",
          "tab",
          "gallery",
          "bookmark",
          "models",
          "recipe",
          "photo",
          "engine",
          "viewer",
          "work",
          "control");

  @Test
  void appPackagesPointDown() {
    for (int lower = 1; lower < APP.size(); lower++) {
      var upper = APP.subList(0, lower).stream().map(name -> APP_ROOT + name + "..");
      noClasses()
          .that()
          .resideInAPackage(APP_ROOT + APP.get(lower) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(upper.toArray(String[]::new))
          .check(classes);
    }
  }

  /** A package that is not in the list is in no order. */
  @Test
  void allPackagesOfTheAppAreInTheirOrder() {
    var found =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(APP_ROOT))
            .map(name -> name.substring(APP_ROOT.length()))
            .collect(Collectors.toSet());
    assertEquals(Set.copyOf(APP), found);
  }

  @Test
  void onlyTheWindowTakesTheCompositionRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackage(APP_ROOT + "window")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(Pattern.quote(APP_ROOT + "window.StudioModel") + ".*")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage(APP_ROOT + "*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.infd.app")
        .check(classes);
  }

  /** The launchers name it, so it stays where it is. */
  @Test
  void onlyMainLiesAboveThePackagesOfTheApp() {
    assertEquals(
        Set.of("Main"),
        classes.stream()
            .filter(type -> type.getPackageName().equals("org.infd.app"))
            .map(JavaClass::getSimpleName)
            .filter(name -> !name.isEmpty() && !name.equals("package-info"))
            .collect(Collectors.toSet()));
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("org.infd.(*).(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void onlyRuntimeSeesOnnxRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ENGINE + "runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(classes);
  }

  /** Bounds against hostile files are set in one place. */
  @Test
  void onlyOneClassMakesReadersOfJson() {
    noClasses()
        .that()
        .doNotHaveSimpleName("StrictJson")
        .should()
        .callMethod(JsonMapper.class, "builder")
        .orShould()
        .callMethod(JsonMapper.class, "shared")
        .orShould()
        .callConstructor(JsonMapper.class)
        .orShould()
        .callConstructor(ObjectMapper.class)
        .check(classes);
  }

  @Test
  void onlyTheAppSeesJavaFx() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.infd.app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javafx..", "javax.swing..", "java.awt.event..")
        .check(classes);
  }

  @Test
  void theCommandLineNeedsNoWindow() {
    noClasses()
        .that()
        .resideInAPackage("org.infd.app.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("javafx..")
        .allowEmptyShould(true)
        .check(classes);
  }
}
