namespace Moderation.Enforcement;

/// <summary>
/// A law that delays the notice to the author. Notice and statement are written and stored all the same; they go out when the limit ends, and the
/// limit itself is on record with its ground. There is no other way to hold a notice back.
/// </summary>
public sealed record NoticeLimit
{
    /// <summary>How long one limit lasts at most: six weeks, as in Regulation (EU) 2021/784 Art. 11(3). A longer need is stated anew.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(42);

    /// <summary>The provision that asks for it.</summary>
    public string LegalGround { get; }

    /// <summary>When the notice goes out.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>A limit.</summary>
    /// <param name="legalGround">The provision that asks for it; not empty.</param>
    /// <param name="from">From when.</param>
    /// <param name="until">When the notice goes out: after from, and at most <see cref="Longest"/> later.</param>
    public NoticeLimit(string legalGround, DateTimeOffset from, DateTimeOffset until)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(legalGround);
        if (until <= from || until - from > Longest)
            throw new ArgumentOutOfRangeException(nameof(until), until, $"a notice is delayed by at most {Longest.TotalDays} days");
        LegalGround = legalGround;
        Until = until;
    }

    /// <summary>Whether a decision can have a limit: it answers child sexual exploitation alone, or an authority's order.</summary>
    public static bool IsAllowed(StatementRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Origin.Source == DetectionSource.AuthorityOrder
            || request.Measures.All(m => m.Category == HarmCategory.ChildSexualExploitation);
    }
}
