namespace Moderation.Manifests.Tests;

/// <summary>The chart renders, and renders what was reviewed.</summary>
public sealed class GoldenTests(Renders renders)
{
    public static TheoryData<string> Scenarios => [.. Repository.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Lint_strict_of_a_scenario_is_green(string scenario)
    {
        var lint = await renders.HelmAsync("lint", "--strict", Repository.Chart, "--values", Repository.ScenarioValues(scenario));

        Assert.Contains("1 chart(s) linted, 0 chart(s) failed", lint.RequireSuccess(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Render_of_a_scenario_equals_the_golden_one(string scenario)
    {
        var path = Repository.Path("k8s", "rendered", $"{scenario}.yaml");
        Assert.True(File.Exists(path), $"k8s/rendered/{scenario}.yaml is missing: `make accept` writes it");
        var golden = Lines(File.ReadAllText(path));
        var fresh = Lines(renders.Yaml(scenario));

        var difference = Enumerable.Range(0, Math.Max(golden.Length, fresh.Length))
            .FirstOrDefault(line => golden.ElementAtOrDefault(line) != fresh.ElementAtOrDefault(line), -1);

        Assert.True(difference < 0, $"""
            k8s/rendered/{scenario}.yaml differs from what the chart renders, first in line {difference + 1}:
              golden: {golden.ElementAtOrDefault(difference)}
              chart:  {fresh.ElementAtOrDefault(difference)}
            If the change is meant: `make accept`, then review the diff.
            """);
    }

    [Fact]
    public void Rendered_has_no_file_without_a_scenario()
    {
        var rendered = Directory.EnumerateFiles(Repository.Path("k8s", "rendered")).Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(Repository.Scenarios, rendered.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Every_document_of_a_scenario_loads_strictly(string scenario)
    {
        var documents = Lines(renders.Yaml(scenario)).Count(line => line == "---");

        Assert.Equal(documents, renders.Load(scenario).Objects.Count);
    }

    [Fact]
    public void Namespace_enforces_the_restricted_level()
    {
        var labels = new Manifest(File.ReadAllText(Repository.Path("k8s", "namespace.yaml"))).Named<k8s.Models.V1Namespace>("moderation").Metadata.Labels;

        Assert.Equal("restricted", labels["pod-security.kubernetes.io/enforce"]);
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');
}
