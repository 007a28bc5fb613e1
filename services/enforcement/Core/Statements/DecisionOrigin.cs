namespace Moderation.Enforcement;

/// <summary>How a post came to be looked at.</summary>
public enum DetectionSource
{
    /// <summary>By the platform's own means: a rule, or a person of its staff.</summary>
    OwnInitiative,
    /// <summary>A user reported it (a notice as in DSA Art. 16).</summary>
    UserReport,
    /// <summary>A trusted flagger reported it (DSA Art. 22).</summary>
    TrustedFlagger,
    /// <summary>An authority ordered it (DSA Art. 9).</summary>
    AuthorityOrder,
}

/// <summary>Who found and who decided; part of every statement.</summary>
/// <param name="AutomatedDetection">Found by automated means.</param>
/// <param name="AutomatedDecision">Decided without a person.</param>
/// <param name="Source">What it came from. Who reported is never said.</param>
public sealed record DecisionOrigin(bool AutomatedDetection, bool AutomatedDecision, DetectionSource Source = DetectionSource.OwnInitiative)
{
    /// <summary>A rule found it and decided.</summary>
    public static DecisionOrigin Rule { get; } = new(true, true);

    /// <summary>A rule found it and a person decided.</summary>
    public static DecisionOrigin RuleThenPerson { get; } = new(true, false);

    /// <summary>A person found it and decided.</summary>
    public static DecisionOrigin Person { get; } = new(false, false);

    /// <summary>It was reported, and a person decided.</summary>
    public static DecisionOrigin Reported(DetectionSource source) => new(false, false, source);
}
