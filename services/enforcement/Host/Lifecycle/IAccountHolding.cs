using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// A kind of record that is held about accounts: how to show it to whom it is about, and how to be rid of it. Whatever keeps something about an
/// account registers one; the last of them holds the posts, by which the others are found.
/// </summary>
internal interface IAccountHolding
{
    /// <summary>The kind, as in the retention table.</summary>
    string Kind { get; }

    /// <summary>What is held, for the export.</summary>
    IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken);

    /// <summary>Erases it. Again is harmless.</summary>
    Task<HoldingErased> EraseAsync(AccountTrail trail);
}

/// <summary>A record of the export.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Json">Itself, as one JSON object.</param>
internal sealed record HeldRecord(string Kind, string Json)
{
    private static readonly JsonFormatter Format = new(JsonFormatter.Settings.Default);

    public static HeldRecord Of(string kind, IMessage message) => new(kind, Format.Format(message));
}

/// <summary>What became of an erasure of one kind.</summary>
/// <param name="Count">How many records are gone.</param>
/// <param name="IsPending">Some can't go yet, because they are being worked on: try again soon.</param>
/// <param name="Kept">What has to stay; null: nothing.</param>
internal sealed record HoldingErased(long Count, bool IsPending = false, KeptKind? Kept = null);
