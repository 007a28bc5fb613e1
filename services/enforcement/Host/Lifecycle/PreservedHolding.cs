using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>What a law asks to keep until its own time is over: an erasure leaves it and says so, an export leaves it out.</summary>
/// <param name="kind">The kind, as in the retention table.</param>
internal sealed class PreservedHolding(string kind) : IAccountHolding
{
    public string Kind => kind;

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken) => AsyncEnumerable.Empty<HeldRecord>();

    public Task<HoldingErased> EraseAsync(AccountTrail trail)
        => Task.FromResult(new HoldingErased(
            0, Kept: trail.Preserved[Kind] == 0 ? null : new KeptKind { Kind = Kind, Count = trail.Preserved[Kind], Reason = KeptReason.Preservation }));
}
