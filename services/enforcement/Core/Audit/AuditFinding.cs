namespace Moderation.Enforcement.Audit;

/// <summary>What is wrong with an audit.</summary>
public enum FindingKind
{
    /// <summary>Something is not as it was sealed.</summary>
    Changed,

    /// <summary>Something that was sealed is not there, and what follows is.</summary>
    Missing,

    /// <summary>Something stands in another place than it was sealed in.</summary>
    Moved,

    /// <summary>Something is there that was never sealed.</summary>
    Added,

    /// <summary>The end is missing: a checkpoint counted more.</summary>
    Cut,

    /// <summary>All of it is older than the trusted checkpoint: an old state was put back.</summary>
    RolledBack,

    /// <summary>A signature does not hold.</summary>
    WrongSignature,

    /// <summary>It was signed with a key that is not trusted.</summary>
    UnknownKey,

    /// <summary>It can't be read.</summary>
    Unreadable,
}

/// <summary>The first thing that is wrong in one place.</summary>
/// <param name="Kind">What.</param>
/// <param name="Subject">The chain, or <c>checkpoints</c>, or the file of the archive.</param>
/// <param name="Number">The entry, the checkpoint or the segment; 0 when there is none to name.</param>
/// <param name="Text">In plain words.</param>
public sealed record AuditFinding(FindingKind Kind, string Subject, long Number, string Text)
{
    /// <inheritdoc />
    public override string ToString() => $"{Kind.ToString().ToUpperInvariant()} {Subject}{(Number > 0 ? $" {Number}" : "")}: {Text}";
}

/// <summary>What a verification came to.</summary>
/// <param name="Findings">What is wrong, at most the first of each chain; empty when all holds.</param>
/// <param name="Entries">Entries that were recomputed.</param>
/// <param name="Seals">Seals that were recomputed.</param>
/// <param name="Checkpoints">Checkpoints that were recomputed.</param>
/// <param name="Latest">The latest checkpoint that holds; null when there is none.</param>
/// <param name="Heads">Where each chain ends.</param>
/// <param name="Notes">What could not be compared, in plain words.</param>
public sealed record AuditReport(
    IReadOnlyList<AuditFinding> Findings, long Entries, long Seals, long Checkpoints, Checkpoint? Latest, IReadOnlyList<ChainHead> Heads,
    IReadOnlyList<string> Notes)
{
    /// <summary>Nothing is wrong.</summary>
    public bool Holds => Findings.Count == 0;
}
