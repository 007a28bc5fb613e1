namespace Moderation.Manifests.Tests;

/// <summary>Paths in the checkout that the test binary was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Chart { get; } = Path("helm", "platform");

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Names of the scenarios, each a file <c>k8s/scenarios/&lt;name&gt;.values.yaml</c>.</summary>
    public static IReadOnlyList<string> Scenarios { get; } =
    [
        .. Directory.EnumerateFiles(Path("k8s", "scenarios"), "*.values.yaml")
            .Select(file => System.IO.Path.GetFileName(file).Replace(".values.yaml", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public static string ScenarioValues(string scenario) => Path("k8s", "scenarios", $"{scenario}.values.yaml");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Platform.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"no Platform.sln above {AppContext.BaseDirectory}: run the tests from the checkout they were built in");
    }
}
