using System.Collections.Immutable;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Which policy an installation starts with, and the gates on the way of a rule. Section <c>Policy</c>.</summary>
internal sealed class PolicyOptions
{
    public const string Section = "Policy";

    /// <summary>Path of a policy document; empty: the default policy. It is version 1, and decides until the first change of the policy.</summary>
    public string File { get; set; } = "";

    /// <summary>How long a rule stays in shadow at least, before it acts.</summary>
    public TimeSpan LeastShadow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Hits in shadow before a rule acts.</summary>
    public long LeastHits { get; set; } = 50;

    /// <summary>The share of its hits, 0..1, that reviewers must have confirmed before a rule acts on all accounts.</summary>
    public double LeastPrecision { get; set; } = 0.8;

    /// <summary>People besides the author who must approve a rule that removes or suspends, before it acts; 0 turns this off.</summary>
    public int StrictApprovals { get; set; } = 1;

    /// <summary>The share, 0..1, of what rules in SHADOW and PARTIAL hit that a person looks at, so that there is a precision to go by.</summary>
    public double ReviewShare { get; set; } = 0.1;

    /// <summary>How often a replica looks for changes of the policy, 100 ms to 10 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    public RuleGates Gates => new() { LeastShadow = LeastShadow, LeastHits = LeastHits, LeastPrecision = LeastPrecision, StrictApprovals = StrictApprovals };

    public bool IsValid()
        => LeastShadow >= TimeSpan.Zero && LeastHits >= 0 && LeastPrecision is >= 0 and <= 1 && StrictApprovals is >= 0 and <= 5 && ReviewShare is >= 0 and <= 1
            && PollInterval >= TimeSpan.FromMilliseconds(100) && PollInterval <= TimeSpan.FromSeconds(10);
}

/// <summary>Where the breakers trip. Section <c>Breakers</c>.</summary>
internal sealed class BreakerOptions
{
    public const string Section = "Breakers";

    /// <summary>Whether there are any. Off suits a laptop, where a sample of harmful posts is no accident.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The greatest share of the posts of this hour and the one before that one rule may hit, 0..1.</summary>
    public double RuleShare { get; set; } = 0.05;

    /// <summary>Posts in these two hours before a share says anything.</summary>
    public long LeastPosts { get; set; } = 1_000;

    /// <summary>Posts on which one rule may act in a UTC day.</summary>
    public long RuleActions { get; set; } = 5_000;

    /// <summary>How often rules together may take a measure in a UTC day, by its name, such as REMOVE; one that is not named has no limit.</summary>
    public Dictionary<string, long> MeasureActions { get; } = new(StringComparer.Ordinal) { ["REMOVE"] = 10_000, ["SUSPEND_ACCOUNT"] = 500 };

    public BreakerLimits Limits => new()
    {
        RuleShare = RuleShare,
        LeastPosts = LeastPosts,
        RuleActions = RuleActions,
        MeasureActions = MeasureActions.ToDictionary(m => TaxonomyNames.TryMeasure(m.Key, out var kind) ? kind : MeasureKind.Unspecified, m => m.Value)
            .ToImmutableDictionary(),
    };

    public bool IsValid()
        => RuleShare is > 0 and <= 1 && LeastPosts >= 1 && RuleActions >= 1 && MeasureActions.All(m => TaxonomyNames.TryMeasure(m.Key, out _) && m.Value >= 1);
}
