using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    public override async Task<RemoveBankEntryResponse> RemoveBankEntry(RemoveBankEntryRequest request, ServerCallContext context)
    {
        var key = new BankEntryKey(request.BankId, request.EntryId);
        Throw([.. BankEntryRules.CheckKey(key, "")]);
        var before = await banks.FindAsync(key);
        if (before is not null)
            await audit.ChangedAsync(Caller.Of(context).Subject, "bank-entry.remove", key, before.Entry, null);
        var version = await banks.RemoveAsync(key, Caller.Of(context).Subject)
            ?? throw RpcErrors.Create(ErrorReason.BankEntryNotFound, ("entry_id", request.EntryId));
        await feed.TryCatchUpAsync(context.CancellationToken);
        return new RemoveBankEntryResponse { BankVersion = version };
    }
}
