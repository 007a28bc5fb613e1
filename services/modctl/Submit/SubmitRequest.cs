namespace Moderation.ModCtl.Submit;

/// <summary>How posts are sent.</summary>
internal enum SendMode
{
    /// <summary>One SubmitPost call a post.</summary>
    Unary,

    /// <summary>All over one StreamPosts call.</summary>
    Stream,
}

/// <summary>What to submit, and how.</summary>
internal sealed record SubmitRequest
{
    /// <summary>Files and folders, in this order.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Where ingest is.</summary>
    public required Uri Address { get; init; }

    /// <summary>The header with the API key.</summary>
    public required (string Name, string Value) Credential { get; init; }

    public SourceOptions Source { get; init; } = new();

    public SendMode Mode { get; init; }

    /// <summary>Posts in flight at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Rows in all at most.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>One progress file for all paths; null: one beside each.</summary>
    public string? ProgressFile { get; init; }

    /// <summary>How long a call that fails for a moment is repeated.</summary>
    public required TimeSpan RetryFor { get; init; }

    /// <summary>How long a post that is pending is followed.</summary>
    public TimeSpan FollowFor { get; init; } = TimeSpan.FromSeconds(120);
}
