using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Lists;
using Moderation.TextClassify.Lists;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>The lists of terms, patterns, hosts and links. One RPC a file.</summary>
internal sealed partial class TextListRpc(TextListStore store, TextListFeedStore feed, TextListIndex index, IAdminAudit audit, TimeProvider time)
    : TextListService.TextListServiceBase
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;

    private static int PageSize(int asked) => asked == 0 ? DefaultPageSize : asked;

    private static void CheckTenant(string tenantId, FieldViolations violations)
    {
        if (tenantId.Length > 0) violations.RequireId(tenantId, "tenant_id", 64);
    }

    /// <summary>Checks a page's fields; gives what its token says, empty for the first page.</summary>
    private static string CheckPage(int pageSize, string pageToken, FieldViolations violations)
    {
        violations.Require(pageSize is >= 0 and <= MaxPageSize, "page_size", $"must be 0 (for {DefaultPageSize}) to {MaxPageSize}");
        if (Base64Url.IsValid(pageToken)) return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(pageToken));
        violations.Add("page_token", "must be empty or the next_page_token of the page before");
        return "";
    }

    private static string Token(string after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Target(TextListKey key) => "text-list-entry/" + key.EntryId;

    private void RequireLoaded()
    {
        if (feed.Version < 0) throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
    }
}
