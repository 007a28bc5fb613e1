using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// The harms. Closed: a policy can't add one, and there is none for political opinion, dissent or criticism of anyone in power.
/// The numbers are those of the contract's enum.
/// </summary>
public enum HarmCategory
{
    /// <summary>Not set; refused everywhere.</summary>
    Unspecified = 0,
    /// <summary>Threats of, calls for or glorification of violence.</summary>
    Violence = 1,
    /// <summary>Promotion of, or recruitment for, violent extremist groups.</summary>
    ViolentExtremism = 2,
    /// <summary>Adult sexual content.</summary>
    SexualContent = 3,
    /// <summary>Sexual exploitation of children; found by hash lists and people only.</summary>
    ChildSexualExploitation = 4,
    /// <summary>Fraud, phishing and unsolicited bulk promotion.</summary>
    FraudSpam = 5,
    /// <summary>Insults and intimidation aimed at a person.</summary>
    Harassment = 6,
    /// <summary>Attacks on people for a protected characteristic.</summary>
    Hate = 7,
    /// <summary>Encouragement of, or intent to, self-harm or suicide.</summary>
    SelfHarm = 8,
    /// <summary>A claim that a published fact-check has rated false; answered, never removed.</summary>
    FalseClaim = 9,
}

/// <summary>What can be done about a post or an account. The numbers are those of the contract's enum.</summary>
public enum MeasureKind
{
    /// <summary>Not set; refused everywhere.</summary>
    Unspecified = 0,
    /// <summary>Show the post with a label.</summary>
    Label = 1,
    /// <summary>Do not recommend the post.</summary>
    ReduceReach = 2,
    /// <summary>Show the post to adults only.</summary>
    AgeGate = 3,
    /// <summary>No replies or forwards.</summary>
    LimitInteraction = 4,
    /// <summary>Hide the post until a person has looked at it.</summary>
    HoldForReview = 5,
    /// <summary>Remove the post.</summary>
    Remove = 6,
    /// <summary>Warn the account.</summary>
    WarnAccount = 7,
    /// <summary>Take one function from the account for a time.</summary>
    RestrictFeature = 8,
    /// <summary>Suspend the account for a time.</summary>
    SuspendAccount = 9,
    /// <summary>End the account; a person's decision only.</summary>
    TerminateAccount = 10,
    /// <summary>
    /// Open a review task while the post stands. It restricts nothing, so it is no measure of the contract and never in a statement.
    /// </summary>
    Review = 1000,
}

/// <summary>The names of the enums as policies and the contract write them.</summary>
public static class TaxonomyNames
{
    private static readonly string[] CategoryNames =
    [
        "UNSPECIFIED", "VIOLENCE", "VIOLENT_EXTREMISM", "SEXUAL_CONTENT", "CHILD_SEXUAL_EXPLOITATION", "FRAUD_SPAM", "HARASSMENT", "HATE",
        "SELF_HARM", "FALSE_CLAIM",
    ];

    private static readonly Dictionary<MeasureKind, string> MeasureNames = new()
    {
        [MeasureKind.Label] = "LABEL",
        [MeasureKind.ReduceReach] = "REDUCE_REACH",
        [MeasureKind.AgeGate] = "AGE_GATE",
        [MeasureKind.LimitInteraction] = "LIMIT_INTERACTION",
        [MeasureKind.HoldForReview] = "HOLD_FOR_REVIEW",
        [MeasureKind.Remove] = "REMOVE",
        [MeasureKind.WarnAccount] = "WARN_ACCOUNT",
        [MeasureKind.RestrictFeature] = "RESTRICT_FEATURE",
        [MeasureKind.SuspendAccount] = "SUSPEND_ACCOUNT",
        [MeasureKind.TerminateAccount] = "TERMINATE_ACCOUNT",
        [MeasureKind.Review] = "REVIEW",
    };

    /// <summary>All categories.</summary>
    public static ImmutableArray<HarmCategory> Categories { get; } = [.. Enum.GetValues<HarmCategory>().Where(c => c != HarmCategory.Unspecified)];

    /// <summary>All measures, REVIEW included.</summary>
    public static ImmutableArray<MeasureKind> Measures { get; } = [.. MeasureNames.Keys];

    /// <summary>The name of a category, such as SELF_HARM.</summary>
    public static string Of(HarmCategory category) => CategoryNames[(int)category];

    /// <summary>The name of a measure, such as HOLD_FOR_REVIEW.</summary>
    public static string Of(MeasureKind measure) => MeasureNames.GetValueOrDefault(measure, "UNSPECIFIED");

    /// <summary>The category of a name; false for names outside of the taxonomy.</summary>
    public static bool TryCategory(string name, out HarmCategory category)
    {
        category = Categories.FirstOrDefault(c => Of(c) == name);
        return category != HarmCategory.Unspecified;
    }

    /// <summary>The measure of a name; false for unknown names.</summary>
    public static bool TryMeasure(string name, out MeasureKind measure)
    {
        measure = Measures.FirstOrDefault(m => Of(m) == name);
        return measure != MeasureKind.Unspecified;
    }
}
