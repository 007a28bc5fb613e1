using YamlDotNet.Serialization;

namespace Moderation.Manifests.Tests;

/// <summary>What <c>helm/platform/values.yaml</c> says about the services.</summary>
internal static class ChartValues
{
    public static IReadOnlyList<string> Services { get; } = Read();

    private static IReadOnlyList<string> Read()
    {
        var values = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Repository.Chart, "values.yaml")));
        var services = (Dictionary<object, object>)values["services"];
        return [.. services.Keys.Cast<string>().Order(StringComparer.Ordinal)];
    }
}
