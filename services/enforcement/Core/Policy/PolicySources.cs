using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>What a policy document takes from outside of itself.</summary>
public sealed record PolicySources
{
    /// <summary>No includes, and every threshold as written.</summary>
    public static PolicySources None { get; } = new();

    /// <summary>Gives the text of an included document by its name, such as fraud.yaml; null when there is none.</summary>
    public Func<string, string?> Include { get; init; } = _ => null;

    /// <summary>Values that stand in place of the written ones, by the name of the threshold; each within the threshold's bounds.</summary>
    public ImmutableSortedDictionary<string, double> Thresholds { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}

/// <summary>A threshold that may be moved without touching the rules.</summary>
/// <param name="Name">Its name; conditions read it as t.name.</param>
/// <param name="Value">The value in force.</param>
/// <param name="Least">The least that may be set.</param>
/// <param name="Most">The most that may be set.</param>
public sealed record PolicyThreshold(string Name, double Value, double Least, double Most)
{
    /// <summary>Whether a value may be set.</summary>
    public bool Allows(double value) => value >= Least && value <= Most;
}
