using Moderation.Contracts.V1;

namespace Moderation.MediaHash.Host.Exchange;

/// <summary>How far an import is, and what it came to so far.</summary>
/// <param name="LastRow">All up to this row is stored.</param>
/// <param name="Added">Entries added.</param>
/// <param name="Known">Entries that were there.</param>
/// <param name="Removed">Entries removed.</param>
/// <param name="Refused">Entries that were not stored.</param>
internal readonly record struct ImportProgress(long LastRow, long Added, long Known, long Removed, long Refused)
{
    public ImportEntriesResponse ToContract(IEnumerable<ImportProblem> problems) => new()
    {
        LastRow = LastRow,
        AddedCount = Added,
        KnownCount = Known,
        RemovedCount = Removed,
        RefusedCount = Refused,
        Problems = { problems },
    };
}
