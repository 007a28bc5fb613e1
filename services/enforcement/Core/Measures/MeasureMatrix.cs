namespace Moderation.Enforcement;

/// <summary>What a decision rests on.</summary>
[Flags]
public enum EvidenceBasis
{
    /// <summary>Nothing that could be shown.</summary>
    None = 0,
    /// <summary>A score of the text model.</summary>
    TextScore = 1,
    /// <summary>A match with an entry of a hash bank.</summary>
    MediaMatch = 2,
    /// <summary>A match with a claim that a published fact-check has rated false.</summary>
    ClaimMatch = 4,
    /// <summary>What was counted about the account.</summary>
    AccountFacts = 8,
    /// <summary>Facts of the post itself, such as its number of links.</summary>
    PostFacts = 16,
}

/// <summary>Who decides.</summary>
public enum Decider
{
    /// <summary>A rule, without a person.</summary>
    Automatic,
    /// <summary>A person.</summary>
    Person,
}

/// <summary>A line that a measure would cross.</summary>
/// <param name="Line">A stable name of the line.</param>
/// <param name="Message">What it says, in words.</param>
public sealed record CrossedLine(string Line, string Message);

/// <summary>
/// Which measure may rest on which category and evidence. The policy compiler asks it for each rule and the commit for each decision,
/// on every path, people's decisions included.
/// </summary>
public static class MeasureMatrix
{
    /// <summary>Whether a measure restricts the post or the account: everything but REVIEW. Such a measure needs its statement.</summary>
    public static bool IsRestrictive(MeasureKind measure) => measure is not (MeasureKind.Review or MeasureKind.Unspecified);

    /// <summary>Whether a measure restricts the account; else it restricts a post.</summary>
    public static bool IsAccountMeasure(MeasureKind measure) => measure is
        MeasureKind.WarnAccount or MeasureKind.RestrictFeature or MeasureKind.SuspendAccount or MeasureKind.TerminateAccount;

    /// <summary>Whether automatic rules can act with a measure.</summary>
    public static bool IsAutomatic(MeasureKind measure) => measure is
        MeasureKind.Label or MeasureKind.ReduceReach or MeasureKind.AgeGate or MeasureKind.HoldForReview or MeasureKind.Remove or MeasureKind.Review;

    /// <summary>How strict a measure is; higher is stricter, 0 restricts nothing.</summary>
    public static int Strictness(MeasureKind measure) => measure switch
    {
        MeasureKind.Label => 1,
        MeasureKind.ReduceReach => 2,
        MeasureKind.AgeGate => 3,
        MeasureKind.LimitInteraction => 4,
        MeasureKind.WarnAccount => 5,
        MeasureKind.HoldForReview => 6,
        MeasureKind.Remove => 7,
        MeasureKind.RestrictFeature => 8,
        MeasureKind.SuspendAccount => 9,
        MeasureKind.TerminateAccount => 10,
        _ => 0,
    };

    /// <summary>The line that a measure would cross; null when it may be taken.</summary>
    /// <param name="category">The harm that it answers.</param>
    /// <param name="measure">What is to be done.</param>
    /// <param name="basis">What it rests on.</param>
    /// <param name="by">Who decides.</param>
    public static CrossedLine? Check(HarmCategory category, MeasureKind measure, EvidenceBasis basis, Decider by)
    {
        if (!Enum.IsDefined(category) || category == HarmCategory.Unspecified)
            return new CrossedLine("CATEGORY_REQUIRED", "every measure answers a harm of the closed taxonomy");
        if (!Enum.IsDefined(measure) || measure == MeasureKind.Unspecified)
            return new CrossedLine("MEASURE_REQUIRED", "the measure is none that exists");
        if (by == Decider.Automatic && measure == MeasureKind.TerminateAccount)
            return new CrossedLine("MACHINES_DO_NOT_END_ACCOUNTS", "TERMINATE_ACCOUNT is a person's decision, never a rule's");
        if (category == HarmCategory.FalseClaim)
            return FalseClaim(measure, basis);
        if (category == HarmCategory.ChildSexualExploitation && by == Decider.Automatic)
        {
            if (basis.HasFlag(EvidenceBasis.TextScore))
                return new CrossedLine("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION",
                    "CHILD_SEXUAL_EXPLOITATION rests on hash lists and people, never on a text score");
            if (!basis.HasFlag(EvidenceBasis.MediaMatch))
                return new CrossedLine("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION",
                    "CHILD_SEXUAL_EXPLOITATION needs a match with a hash list, or a person");
        }
        if (by == Decider.Automatic && basis == EvidenceBasis.None && IsRestrictive(measure))
            return new CrossedLine("NO_MEASURE_WITHOUT_EVIDENCE", $"{TaxonomyNames.Of(measure)} would rest on no evidence");
        return null;
    }

    private static CrossedLine? FalseClaim(MeasureKind measure, EvidenceBasis basis)
    {
        if (measure is not (MeasureKind.Label or MeasureKind.ReduceReach or MeasureKind.Review))
            return new CrossedLine("FALSE_CLAIMS_ARE_ANSWERED",
                $"a false claim is answered, not removed: FALSE_CLAIM allows LABEL, REDUCE_REACH or REVIEW, not {TaxonomyNames.Of(measure)}");
        if (!basis.HasFlag(EvidenceBasis.ClaimMatch))
            return new CrossedLine("FALSE_CLAIMS_NEED_A_FACT_CHECK", "FALSE_CLAIM rests only on a match with a claim that a published fact-check has rated false");
        return null;
    }
}
