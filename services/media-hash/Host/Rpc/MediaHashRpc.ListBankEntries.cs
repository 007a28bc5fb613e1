using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;

    public override Task<ListBankEntriesResponse> ListBankEntries(ListBankEntriesRequest request, ServerCallContext context)
    {
        var found = new List<FieldError>(BankEntryRules.CheckBankId(request.BankId, "bank_id"));
        if (request.PageSize is < 0 or > MaxPageSize)
            found.Add(new FieldError("page_size", $"0 (for {DefaultPageSize}) to {MaxPageSize}"));
        if (!TryReadToken(request.PageToken, out var after))
            found.Add(new FieldError("page_token", "must be empty or the next_page_token of the page before"));
        if (!Enum.IsDefined(request.State))
            found.Add(new FieldError("state", "a value of BankEntryState, or unset"));
        Throw(found);
        if (!feed.IsLoaded)
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "banks"));

        var size = request.PageSize == 0 ? DefaultPageSize : request.PageSize;
        var page = catalogue.List(request.BankId, after, size + 1, (EntryState)request.State);
        var response = new ListBankEntriesResponse();
        response.Entries.AddRange(page.Take(size).Select(entry => entry.ToContract()));
        if (page.Count > size)
            response.NextPageToken = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[size - 1].Key.EntryId));
        return Task.FromResult(response);
    }

    private static bool TryReadToken(string token, out string after)
    {
        after = "";
        if (!Base64Url.IsValid(token))
            return false;
        after = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        return true;
    }
}
