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
    /// <summary>Users or trusted flaggers reported it: a reason to look, not evidence.</summary>
    Report = 32,
    /// <summary>An authority ordered it: a reason to look, with a legal ground; never a measure by itself.</summary>
    AuthorityOrder = 64,
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
    private const EvidenceBasis Hearsay = EvidenceBasis.Report | EvidenceBasis.AuthorityOrder;

    /// <summary>Whether a measure restricts the post or the account: everything but REVIEW. Such a measure needs its statement.</summary>
    public static bool IsRestrictive(MeasureKind measure) => measure is not (MeasureKind.Review or MeasureKind.Unspecified);

    /// <summary>Whether a measure restricts the account; else it restricts a post.</summary>
    public static bool IsAccountMeasure(MeasureKind measure) => MeasureCatalogue.Find(measure) is { IsAccountMeasure: true };

    /// <summary>Whether automatic rules can act with a measure. The ladder's account measures are automatic too, but no rule asks for them.</summary>
    public static bool IsAutomatic(MeasureKind measure) => measure == MeasureKind.Review || MeasureCatalogue.Find(measure) is { IsAutomatic: true };

    /// <summary>How strict a measure is; higher is stricter, 0 restricts nothing.</summary>
    public static int Strictness(MeasureKind measure) => MeasureCatalogue.Find(measure)?.Strictness ?? 0;

    /// <summary>The line that a post measure would cross; null when it may be taken. For a measure with its end, ask with all of it.</summary>
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
        return category switch
        {
            HarmCategory.FalseClaim => FalseClaim(measure, basis),
            HarmCategory.ChildSexualExploitation => ChildSexualExploitation(measure, basis, by),
            _ => null,
        } ?? (by == Decider.Automatic && IsRestrictive(measure) ? Evidence(measure, basis) : null);
    }

    /// <summary>The line that a measure would cross, its end and function included; null when it may be taken.</summary>
    public static CrossedLine? Check(ProposedMeasure proposed)
    {
        ArgumentNullException.ThrowIfNull(proposed);
        // What follows from the ladder rests on a strike, and the strike on a decision that was checked for its own evidence.
        if (Check(proposed.Category, proposed.Kind, proposed.Basis, proposed.FromLadder ? Decider.Person : proposed.By) is { } crossed)
            return crossed;
        if (MeasureCatalogue.Find(proposed.Kind) is not { } measure)
        {
            return proposed.End is null && proposed.Feature.Length == 0
                ? null : new CrossedLine("NOTHING_TO_END", "REVIEW restricts nothing, so it has no end and takes no function");
        }

        return Automatic(proposed, measure) ?? Term(proposed, measure) ?? Feature(proposed, measure);
    }

    private static CrossedLine? FalseClaim(MeasureKind measure, EvidenceBasis basis)
    {
        if (measure is not (MeasureKind.Label or MeasureKind.ReduceReach or MeasureKind.Review))
            return new CrossedLine("FALSE_CLAIMS_ARE_ANSWERED",
                $"a false claim is answered, not removed: FALSE_CLAIM allows LABEL, REDUCE_REACH or REVIEW, not {TaxonomyNames.Of(measure)}");
        if (!basis.HasFlag(EvidenceBasis.ClaimMatch))
            return new CrossedLine("FALSE_CLAIMS_NEED_A_FACT_CHECK",
                "FALSE_CLAIM rests only on a match with a claim that a published fact-check has rated false");
        return null;
    }

    private static CrossedLine? ChildSexualExploitation(MeasureKind measure, EvidenceBasis basis, Decider by)
    {
        if (by == Decider.Automatic && basis.HasFlag(EvidenceBasis.TextScore))
            return new CrossedLine("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION",
                "CHILD_SEXUAL_EXPLOITATION rests on hash lists and people, never on a text score");
        if (by == Decider.Automatic && !basis.HasFlag(EvidenceBasis.MediaMatch))
            return new CrossedLine("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION",
                "CHILD_SEXUAL_EXPLOITATION needs a match with a hash list, or a person");
        // A measure that leaves the post in view would be worse than none, whoever takes it.
        if (measure is MeasureKind.Label or MeasureKind.ReduceReach or MeasureKind.AgeGate or MeasureKind.LimitInteraction)
            return new CrossedLine("CHILD_SEXUAL_EXPLOITATION_IS_NOT_SHOWN",
                $"CHILD_SEXUAL_EXPLOITATION is hidden or removed, or looked at by a person; {TaxonomyNames.Of(measure)} would leave it in view");
        return null;
    }

    private static CrossedLine? Evidence(MeasureKind measure, EvidenceBasis basis)
    {
        if (basis.HasFlag(EvidenceBasis.AuthorityOrder))
            return new CrossedLine("ORDERS_ARE_DECIDED_BY_PEOPLE",
                $"an authority's order opens a review task; {TaxonomyNames.Of(measure)} on it is a person's decision");
        if (basis == EvidenceBasis.Report)
            return new CrossedLine("REPORTS_ARE_DECIDED_BY_PEOPLE",
                $"a report opens a review task; {TaxonomyNames.Of(measure)} on it is a person's decision");
        return (basis & ~Hearsay) == EvidenceBasis.None
            ? new CrossedLine("NO_MEASURE_WITHOUT_EVIDENCE", $"{TaxonomyNames.Of(measure)} would rest on no evidence") : null;
    }

    private static CrossedLine? Automatic(ProposedMeasure proposed, IMeasure measure)
    {
        var name = TaxonomyNames.Of(measure.Kind);
        if (proposed.FromLadder)
        {
            if (!measure.IsOfLadder)
                return new CrossedLine("NOT_A_STEP_OF_THE_LADDER", $"the published ladder has no {name}");
            if (proposed.Basis.HasFlag(EvidenceBasis.AuthorityOrder))
                return new CrossedLine("ORDERS_ARE_DECIDED_BY_PEOPLE", $"{name} after an authority's order is a person's decision, not the ladder's");
            if (!StrikeLadder.GivesStrikes(proposed.Category))
                return new CrossedLine("NO_STRIKES_FOR_THIS_HARM",
                    $"{TaxonomyNames.Of(proposed.Category)} gives no strikes, so nothing follows from them");
            if (measure.Kind == MeasureKind.SuspendAccount
                && (proposed.End is not { } end || end - proposed.Start > StrikeLadder.MaxAutomaticSuspension))
                return new CrossedLine("AUTOMATIC_SUSPENSIONS_END", "a suspension that follows from the ladder ends after 7 days at most");
        }
        else if (proposed.By == Decider.Automatic && !measure.IsAutomatic)
        {
            return measure.IsAccountMeasure
                ? new CrossedLine("NO_RULE_ACTS_ON_ACCOUNTS", $"{name} follows from the published ladder or is a person's decision, never a rule's")
                : new CrossedLine("A_PERSONS_MEASURE", $"{name} is a person's decision, never a rule's");
        }
        return null;
    }

    private static CrossedLine? Term(ProposedMeasure proposed, IMeasure measure)
    {
        var name = TaxonomyNames.Of(measure.Kind);
        if (proposed.End is not { } end)
            return measure.Term.End == EndRule.Required ? new CrossedLine("END_REQUIRED", $"{name} needs an end") : null;
        if (measure.Term.End == EndRule.None)
            return new CrossedLine("NO_END_ALLOWED", $"{name} has no end; it lasts until it is reverted");
        if (end <= proposed.Start)
            return new CrossedLine("END_NOT_AFTER_START", $"{name} would end before it starts");
        return measure.Term.Max is { } max && end - proposed.Start > max
            ? new CrossedLine("END_TOO_LATE", $"{name} lasts {(int)max.TotalDays} days at most") : null;
    }

    private static CrossedLine? Feature(ProposedMeasure proposed, IMeasure measure)
    {
        if (measure.Features.Length == 0 ? proposed.Feature.Length == 0 : measure.Features.Contains(proposed.Feature))
            return null;
        return measure.Features.Length == 0
            ? new CrossedLine("NO_FEATURE_ALLOWED", $"{TaxonomyNames.Of(measure.Kind)} takes no single function")
            : new CrossedLine("FEATURE_REQUIRED", $"{TaxonomyNames.Of(measure.Kind)} takes one of: {string.Join(", ", measure.Features)}");
    }
}
