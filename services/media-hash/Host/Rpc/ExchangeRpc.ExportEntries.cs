using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class ExchangeRpc
{
    public override async Task ExportEntries(
        ExportEntriesRequest request, IServerStreamWriter<ExportEntriesResponse> responseStream, ServerCallContext context)
    {
        // The cursor is the first prefix that has not been read.
        var first = 0;
        var violations = new FieldViolations();
        foreach (var error in BankEntryRules.CheckBankId(request.BankId, "bank_id"))
            violations.Add(error.Field, error.Description);
        violations.Require(
            request.Cursor.Length == 0
                || (int.TryParse(request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out first) && first <= BankStore.Prefixes),
            "cursor", "must be empty or a cursor of an answer");
        violations.ThrowIfAny();
        for (var prefix = first; prefix < BankStore.Prefixes; prefix++)
        {
            await foreach (var page in batches.ReadAsync(request.BankId, prefix).WithCancellation(context.CancellationToken))
            {
                await responseStream.WriteAsync(
                    new ExportEntriesResponse { Entries = { page.Select(entry => entry.ToContract()) }, Share = (float)prefix / BankStore.Prefixes },
                    context.CancellationToken);
            }
            await responseStream.WriteAsync(
                new ExportEntriesResponse { Cursor = (prefix + 1).ToString(CultureInfo.InvariantCulture), Share = (float)(prefix + 1) / BankStore.Prefixes },
                context.CancellationToken);
        }
    }
}
