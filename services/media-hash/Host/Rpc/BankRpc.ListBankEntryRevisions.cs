using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class BankRpc
{
    private const int DefaultRevisions = 20;
    private const int MaxRevisions = 100;

    public override async Task<ListBankEntryRevisionsResponse> ListBankEntryRevisions(
        ListBankEntryRevisionsRequest request, ServerCallContext context)
    {
        var skip = 0;
        var isToken = request.PageToken.Length == 0
            || (int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip) && skip < int.MaxValue / 2);
        var key = CheckedKey(
            request.BankId,
            request.EntryId,
            [
                .. request.PageSize is < 0 or > MaxRevisions ? [new FieldError("page_size", $"0 (for {DefaultRevisions}) to {MaxRevisions}")] : Array.Empty<FieldError>(),
                .. isToken ? Array.Empty<FieldError>() : [new FieldError("page_token", "must be empty or the next_page_token of the page before")],
            ]);
        var size = request.PageSize == 0 ? DefaultRevisions : request.PageSize;
        var revisions = await banks.ReadHistoryAsync(key, skip, size + 1);
        return new ListBankEntryRevisionsResponse
        {
            Revisions = { revisions.Take(size) },
            NextPageToken = revisions.Count > size ? (skip + size).ToString(CultureInfo.InvariantCulture) : "",
        };
    }
}
