using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>The models that score texts. One RPC a file.</summary>
internal sealed partial class TextModelRpc(
    TextModelStore store, TextModelFeedStore feed, TextModelFolders folders, ServedTextModels served, ShadowFiguresStore figures, IAdminAudit audit) : TextModelService.TextModelServiceBase
{
    private const int MaxDetail = 2000;
    private const string WrongToken = "must be empty or the next_page_token of the page before";

    /// <summary>What is ordered, brought up to date where the store can be reached.</summary>
    private async Task<TextModelOrder> OrderAsync(CancellationToken cancellationToken)
    {
        await feed.TryCatchUpAsync(cancellationToken);
        return feed.Order ?? throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
    }

    private TextModelFolder Find(string modelId) => folders.Find(modelId) ?? throw RpcErrors.Create(ErrorReason.TextModelNotFound, ("model_id", modelId));

    private async Task<TextModel> DescribeAsync(TextModelFolder folder, TextModelOrder order, CancellationToken cancellationToken)
    {
        var model = new TextModel
        {
            ModelId = folder.ModelId,
            Kind = folder.Kind,
            State = folder.ModelId == feed.LiveId ? TextModelState.Live : order.Shadows.Contains(folder.ModelId) ? TextModelState.Shadow : TextModelState.Off,
        };
        var (version, state) = served.Live.ModelId == folder.ModelId ? (served.Live.Version, TextModelState.Live)
            : served.Shadows.FirstOrDefault(s => s.ModelId == folder.ModelId) is { } shadow ? (shadow.Version, TextModelState.Shadow)
            : ("", TextModelState.Off);
        model.ServingState = state;
        try
        {
            model.Version = version.Length > 0 ? version : await TextModelFolders.ReadVersionAsync(folder, cancellationToken);
        }
        catch (Exception unusable) when (unusable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            model.Fault = unusable.Message;
        }
        if ((await feed.FaultsAsync(cancellationToken)).TryGetValue(folder.ModelId, out var fault)) model.Fault = fault;
        return model;
    }

    /// <summary>The error of a folder that can't be used. A file with hundreds of faults names the first of them: errors travel in headers.</summary>
    private static RpcException Unusable(string modelId, Exception why) => RpcErrors.Create(
        ErrorReason.TextModelUnusable, ("model_id", modelId), ("detail", why.Message.Length <= MaxDetail ? why.Message : why.Message[..MaxDetail] + "..."));

    private static string EtagOf(TextModelOrder order) => order.Version.ToString(CultureInfo.InvariantCulture);

    private static string Token(string after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    /// <summary>What a page's token says, empty for the first page.</summary>
    private static string CheckPage(int pageSize, int usual, int most, string pageToken, FieldViolations violations)
    {
        violations.Require(pageSize >= 0 && pageSize <= most, "page_size", $"must be 0 (for {usual}) to {most}");
        if (Base64Url.IsValid(pageToken)) return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(pageToken));
        violations.Add("page_token", WrongToken);
        return "";
    }
}
