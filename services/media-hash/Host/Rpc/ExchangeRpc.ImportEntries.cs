using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Exchange;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class ExchangeRpc
{
    private const int MaxBatch = 2000;

    public override async Task ImportEntries(
        IAsyncStreamReader<ImportEntriesRequest> requestStream, IServerStreamWriter<ImportEntriesResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var header = await ReadHeaderAsync(requestStream, cancellation);
        var job = new ImportJob(header.BankId, header.ImportToken, Caller.Of(context).Subject);
        var progress = await imports.ResumeAsync(job);
        await responseStream.WriteAsync(progress.ToContract([]), cancellation);
        while (await requestStream.MoveNext(cancellation))
        {
            var batch = requestStream.Current.Batch;
            Check(batch, progress.LastRow);
            foreach (var entry in batch.Entries)
                entry.BankId = job.BankId;
            var (stored, problems) = await imports.StoreAsync(
                job, progress, batch.LastRow, [.. batch.Entries.Select(entry => entry.ToCore(job.Actor, default))], batch.WithdrawnEntryIds);
            progress = stored;
            await responseStream.WriteAsync(progress.ToContract(problems), cancellation);
        }
        await imports.FinishAsync(cancellation);
    }

    private static async Task<ImportHeader> ReadHeaderAsync(IAsyncStreamReader<ImportEntriesRequest> stream, CancellationToken cancellationToken)
    {
        var violations = new FieldViolations();
        if (!await stream.MoveNext(cancellationToken) || stream.Current.Header is not { } header)
        {
            violations.Add("header", "must be the first message of the stream");
            violations.ThrowIfAny();
            return new ImportHeader(); // not reached: there is a violation
        }
        foreach (var error in BankEntryRules.CheckBankId(header.BankId, "header.bank_id"))
            violations.Add(error.Field, error.Description);
        violations.RequireId(header.ImportToken, "header.import_token");
        violations.ThrowIfAny();
        return header;
    }

    private static void Check(ImportBatch? batch, long lastRow)
    {
        var violations = new FieldViolations();
        violations.Require(batch is not null, "batch", "must follow the header");
        violations.Require(batch is null || batch.LastRow > lastRow, "batch.last_row", $"must be above {lastRow}, up to which all is stored");
        violations.Require(batch is null || batch.Entries.Count <= MaxBatch, "batch.entries", $"must be at most {MaxBatch}");
        violations.Require(batch is null || batch.WithdrawnEntryIds.Count <= MaxBatch, "batch.withdrawn_entry_ids", $"must be at most {MaxBatch}");
        violations.ThrowIfAny();
    }
}
