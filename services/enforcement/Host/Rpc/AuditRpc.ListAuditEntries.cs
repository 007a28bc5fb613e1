using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AuditRpc
{
    private const int DefaultEntries = 100;
    private const int MostEntries = 1000;

    public override async Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.Chain, "chain");
        violations.Require(request.PageSize is >= 0 and <= MostEntries, "page_size", $"must be 0 (for {DefaultEntries}) to {MostEntries}");
        violations.Require(TryReadToken(request.PageToken, out var first), "page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        if (!store.Chains.Contains(request.Chain))
        {
            throw RpcErrors.Create(ErrorReason.AuditChainNotFound, ("chain", request.Chain));
        }

        var size = request.PageSize == 0 ? DefaultEntries : request.PageSize;
        var entries = await EntriesAsync(request.Chain, first, size + 1, request.PageToken.Length == 0);
        var lastSealed = (await store.HeadAsync(request.Chain)).LastEntry;
        var response = new ListAuditEntriesResponse { Entries = { entries.Take(size).Select(e => ToContract(request.Chain, e, e.Number <= lastSealed)) } };
        if (entries.Count > size)
        {
            response.NextPageToken = entries[size].Number.ToString(CultureInfo.InvariantCulture);
        }

        return response;
    }

    private async Task<List<ChainEntry>> EntriesAsync(string chain, long first, int count, bool fromTheBeginning)
    {
        var kept = await store.FirstKeptAsync(chain);
        var entries = new List<ChainEntry>();
        if (first < kept && slot.Archive is { } archive)
        {
            try
            {
                entries.AddRange(archive.EntriesFrom(chain, first).Take(count));
            }
            catch (InvalidDataException broken)
            {
                throw RpcErrors.Create(ErrorReason.AuditArchiveBroken, ("segment", broken.Message));
            }
        }
        else if (first < kept && !fromTheBeginning)
        {
            throw RpcErrors.Create(
                ErrorReason.AuditEntriesArchived, ("chain", chain), ("first_kept", kept.ToString(CultureInfo.InvariantCulture)));
        }

        if (entries.Count < count)
        {
            entries.AddRange(await store.EntriesAsync(chain, entries.Count > 0 ? entries[^1].Number + 1 : first, count - entries.Count));
        }

        return entries;
    }

    private static bool TryReadToken(string token, out long first)
    {
        first = 1;
        return token.Length == 0 || (long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out first) && first > 0);
    }

    private static ListedAuditEntry ToContract(string chain, ChainEntry entry, bool isSealed)
    {
        var listed = new ListedAuditEntry { Number = entry.Number, Sealed = isSealed };
        var bytes = ByteString.CopyFrom(entry.Bytes.Span);
        if (chain == AuditChains.Admin)
        {
            listed.Admin = AdminAuditEntry.Parser.ParseFrom(bytes);
        }
        else
        {
            listed.Decision = AuditEntry.Parser.ParseFrom(bytes);
        }

        return listed;
    }
}
