using System.Text;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>Marks an endpoint that is the multipart twin of a client-streaming RPC, which transcoding does not know.</summary>
/// <param name="Method">The RPC, such as <c>/moderation.ingest.v1.IngestService/UploadMedia</c>: its access, comments and answer hold here.</param>
/// <param name="Path">The path; the verb is POST.</param>
/// <param name="Part">The name of the part that carries the bytes.</param>
/// <param name="Description">What the part is, with its bounds.</param>
public sealed record RestUpload(string Method, string Path, string Part, string Description);

/// <summary>One way to call an RPC over REST.</summary>
/// <param name="Method">The RPC.</param>
/// <param name="Verb">GET, POST, ...</param>
/// <param name="Template">The path as the contract writes it, such as <c>/v1/posts/{post_id}:withdraw</c>.</param>
/// <param name="Body">The request's field that the body is: <c>*</c> is all of it, empty is none.</param>
/// <param name="Upload">Set for a multipart upload.</param>
internal sealed partial record RestOperation(MethodDescriptor Method, string Verb, string Template, string Body, RestUpload? Upload = null)
{
    private const int MaxQueryDepth = 4;

    private readonly Regex _path = PathPattern(Template);

    /// <summary>Who may call it.</summary>
    public AccessRule Rule { get; } = new(Method);

    /// <summary>The request's fields in the path, in proto names: <c>post_id</c>, <c>entry.bank_id</c>.</summary>
    public IReadOnlyList<string> PathFields { get; } = [.. Variable().Matches(Template).Select(m => m.Groups[1].Value)];

    /// <summary>The message that the JSON body becomes; null when there is no body, or it is no message.</summary>
    public MessageDescriptor? BodyType => Body switch
    {
        "" => null,
        "*" => Method.InputType,
        _ => Method.InputType.FindFieldByName(Body) is { FieldType: FieldType.Message, IsRepeated: false } part ? part.MessageType : null,
    };

    /// <summary>The request's fields that the query may carry, by either of their names.</summary>
    public IEnumerable<(string Path, string JsonPath, FieldDescriptor Field)> QueryFields()
        => Body == "*" || Upload is not null ? [] : QueryFields(Method.InputType, "", "", 0);

    private IEnumerable<(string Path, string JsonPath, FieldDescriptor Field)> QueryFields(MessageDescriptor type, string prefix, string jsonPrefix, int depth)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var (path, jsonPath) = (prefix + field.Name, jsonPrefix + field.JsonName);
            if (field.IsMap || path == Body || PathFields.Contains(path))
            {
                continue;
            }

            if (field.FieldType != FieldType.Message || FieldText.IsText(field.MessageType))
            {
                yield return (path, jsonPath, field);
            }
            else if (!field.IsRepeated && depth < MaxQueryDepth)
            {
                foreach (var inner in QueryFields(field.MessageType, path + ".", jsonPath + ".", depth + 1))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>Whether <paramref name="path"/> is one of this operation's.</summary>
    public bool Matches(string path) => _path.IsMatch(path);

    /// <summary>The operations of an endpoint's RPC, or none.</summary>
    public static IEnumerable<RestOperation> Of(EndpointMetadataCollection metadata)
    {
        if (metadata.GetMetadata<RestUpload>() is { } upload)
        {
            return [new RestOperation(AccessTable.Descriptors[upload.Method], HttpMethods.Post, upload.Path, "", upload)];
        }

        return metadata.GetMetadata<GrpcMethodMetadata>() is { } grpc && AccessTable.Descriptors.TryGetValue(grpc.Method.FullName, out var method)
            ? Of(method)
            : [];
    }

    /// <summary>The operations of an RPC: one for each binding of its <c>google.api.http</c> option. INTERNAL ones have none.</summary>
    public static IEnumerable<RestOperation> Of(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return rule is null || AccessTable.Of(method) == Access.Internal
            ? []
            : rule.AdditionalBindings.Prepend(rule).Select(r => Of(method, r)).OfType<RestOperation>();
    }

    private static RestOperation? Of(MethodDescriptor method, HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => new(method, HttpMethods.Get, rule.Get, rule.Body),
        HttpRule.PatternOneofCase.Put => new(method, HttpMethods.Put, rule.Put, rule.Body),
        HttpRule.PatternOneofCase.Post => new(method, HttpMethods.Post, rule.Post, rule.Body),
        HttpRule.PatternOneofCase.Delete => new(method, HttpMethods.Delete, rule.Delete, rule.Body),
        HttpRule.PatternOneofCase.Patch => new(method, HttpMethods.Patch, rule.Patch, rule.Body),
        HttpRule.PatternOneofCase.Custom => new(method, rule.Custom.Kind, rule.Custom.Path, rule.Body),
        _ => null,
    };

    [GeneratedRegex(@"\{([^}=]+)(?:=([^}]*))?\}")]
    private static partial Regex Variable();

    private static Regex PathPattern(string template)
    {
        var pattern = new StringBuilder("^");
        var from = 0;
        foreach (Match variable in Variable().Matches(template))
        {
            pattern.Append(Regex.Escape(template[from..variable.Index]));
            pattern.Append(variable.Groups[2].Value.Contains("**", StringComparison.Ordinal) ? ".+" : "[^/]+");
            from = variable.Index + variable.Length;
        }

        return new Regex(pattern.Append(Regex.Escape(template[from..])).Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
