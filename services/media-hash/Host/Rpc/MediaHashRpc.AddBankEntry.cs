using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    public override async Task<AddBankEntryResponse> AddBankEntry(AddBankEntryRequest request, ServerCallContext context)
    {
        if (request.Entry is null)
            Throw([new FieldError("entry", "must be set")]);
        request.Entry!.ReviewTime = null; // refused above when it is null
        var entry = request.Entry.ToCore(Caller.Of(context).Subject, time.GetUtcNow());
        Throw(BankEntryRules.Check(entry, "entry."));
        if (await banks.FindAsync(entry.Key) is not { IsPublished: true })
            await audit.ChangedAsync(entry.Creator, "bank-entry.add", entry.Key, null, entry);
        await lookbacks.NoteAsync(entry);
        var added = await banks.AddAsync(entry);
        if (added.Entry is null)
            throw RpcErrors.Create(ErrorReason.BankEntryConflict, ("entry_id", entry.Key.EntryId));

        await lookbacks.NoteAsync(added.Entry);

        // This replica matches it at once; the others within a second. If it can't, the next poll does.
        await feed.TryCatchUpAsync(context.CancellationToken);
        return new AddBankEntryResponse { Entry = added.Entry.ToContract(), BankVersion = added.Version };
    }
}
