namespace Moderation.Enforcement.Host.Audit;

/// <summary>The places between the steps of sealing and archiving: wherever the process may die, the work has to go on from the store alone.</summary>
internal enum AuditStep
{
    /// <summary>A seal was made and is not stored.</summary>
    SealMade,

    /// <summary>The seal is stored.</summary>
    SealStored,

    /// <summary>A checkpoint was made and is not stored.</summary>
    CheckpointMade,

    /// <summary>The checkpoint is stored.</summary>
    CheckpointStored,

    /// <summary>A segment was built and nothing of it is in the archive.</summary>
    SegmentBuilt,

    /// <summary>Its file is in the archive and its manifest is not.</summary>
    SegmentFileWritten,

    /// <summary>The segment is in the archive, and the store still has all of it.</summary>
    SegmentWritten,

    /// <summary>One decision of it has settled.</summary>
    DecisionSettled,

    /// <summary>The decisions of a chain have settled; owners are still whole.</summary>
    DecisionsSettled,

    /// <summary>The owner of one post is small, and still on the list.</summary>
    OwnerSettled,

    /// <summary>All of a chain has settled, and its entries are still there.</summary>
    ChainSettled,

    /// <summary>The entries of a chain are trimmed, its seals are not.</summary>
    EntriesTrimmed,
}

/// <summary>Is told of each step as it is passed. Nothing listens but tests, which end the work there.</summary>
internal sealed class AuditSteps
{
    /// <summary>Called at each step.</summary>
    public Action<AuditStep> Passed { get; set; } = _ => { };
}
