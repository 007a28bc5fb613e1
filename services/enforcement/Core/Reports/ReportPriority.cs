namespace Moderation.Enforcement;

/// <summary>What a report or an order is worth in the queue, in hours of waiting. Bounded: it moves a task by hours, and never decides it.</summary>
public static class ReportPriority
{
    /// <summary>For a trusted flagger's report, and for an order.</summary>
    public static TimeSpan Preferred { get; } = TimeSpan.FromHours(4);

    /// <summary>For a reporter whose reports have hardly ever led to anything.</summary>
    public static TimeSpan Doubted { get; } = TimeSpan.FromHours(-4);

    private static readonly TimeSpan MostForReliability = TimeSpan.FromHours(1);

    /// <summary>How severe a harm is taken to be on someone's word, 1 (low) to 4 (critical): what may cost a life comes first.</summary>
    public static int SeverityOf(HarmCategory category) => category switch
    {
        HarmCategory.ChildSexualExploitation => 4,
        HarmCategory.SelfHarm or HarmCategory.Violence or HarmCategory.ViolentExtremism => 3,
        HarmCategory.FalseClaim => 1,
        _ => 2,
    };

    /// <summary>What the report of a user is worth.</summary>
    public static TimeSpan BonusOf(ReporterReliability reliability) => reliability.IsAbusive ? Doubted : reliability.Value * MostForReliability;
}
