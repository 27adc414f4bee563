using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>Styles and scripts inside the program, each under a name that holds its hash: a browser keeps it for ever, and a new one has a new name.</summary>
internal static class PageAssets
{
    private const string Root = "/admin/assets/";

    private static readonly FrozenDictionary<string, Asset> ByFile =
        new[] { "app.css", "app.js", "theme.js", "htmx.min.js", "favicon.svg" }.ToFrozenDictionary(file => file, Read, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Asset> ByName = ByFile.Values.ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>Where a file is.</summary>
    internal static string PathOf(string file) => Root + ByFile[file].Name;

    /// <summary>Anybody may have them: they say nothing, and the sign-in form needs them.</summary>
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Root + "{name}", [HttpMethods.Get], WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        if (!ByName.TryGetValue(context.GetRouteValue("name") as string ?? string.Empty, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Bytes.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        await context.Response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
    }

    private static Asset Read(string file)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream($"Coordinator.Web.Assets.{file}")
            ?? throw new InvalidOperationException($"{file} is not in the program");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var content = bytes.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        var extension = Path.GetExtension(file);
        return new($"{Path.GetFileNameWithoutExtension(file)}.{hash}{extension}", extension switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        }, content);
    }

    private sealed record Asset(string Name, string Type, byte[] Bytes);
}
