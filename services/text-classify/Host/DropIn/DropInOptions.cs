using Moderation.TextClassify.DropIn;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>The endpoints that speak hosted services' protocols.</summary>
internal sealed class DropInOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "DropIn";

    /// <summary>Calls that are worked on at once; more are told to come back later.</summary>
    public int MaxInFlight { get; set; } = 64;

    /// <summary>The score from which on a category of the moderation endpoint is flagged, unless <see cref="Thresholds"/> names another.</summary>
    public float Threshold { get; set; } = 0.5f;

    /// <summary>Thresholds by category, in that API's names: <c>DropIn:Thresholds:hate = 0.6</c>.</summary>
    public Dictionary<string, float> Thresholds { get; set; } = [];

    /// <summary>What is wrong, or null.</summary>
    public string? Problem()
    {
        if (MaxInFlight is < 1 or > 10_000) return $"DropIn:MaxInFlight is {MaxInFlight}; it must be 1..10000.";
        if (!(Threshold is > 0 and <= 1)) return $"DropIn:Threshold is {Threshold}; it must be above 0 and at most 1.";
        foreach (var (name, threshold) in Thresholds)
        {
            if (!OpenAiCategories.All.Any(c => c.Name == name && c.Labels.Length > 0))
            {
                return $"DropIn:Thresholds:{name} names no category that is scored: there are {string.Join(", ", OpenAiCategories.All.Where(c => c.Labels.Length > 0).Select(c => c.Name))}.";
            }
            if (!(threshold is > 0 and <= 1)) return $"DropIn:Thresholds:{name} is {threshold}; it must be above 0 and at most 1.";
        }
        return null;
    }
}
