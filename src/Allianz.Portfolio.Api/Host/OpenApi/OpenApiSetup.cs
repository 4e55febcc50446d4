using System.Security.Cryptography;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Allianz.Portfolio.Api.Host.OpenApi;

/// <summary>
/// The API's own description, for programs at <c>/openapi/2026-12-01.json</c> (one for each version; <c>/openapi/v1.json</c> is that of the
/// version that those get who name none) and for people at <c>/docs</c>.
/// </summary>
internal static class OpenApiSetup
{
    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSingleton<ApiDocumentFiles>();
    }

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        var versions = app.ServiceProvider.GetRequiredService<ApiVersions>();
        Map("v1", () => versions.Default);
        foreach (var version in versions.All)
        {
            Map(version.Name, () => version);
        }
        app.MapScalarApiReference("/docs", (page, context) => Page(page, context, versions)).For(Right.Read(Resource.Frame));

        void Map(string name, Func<ApiVersion> version) =>
            app.MapGet(
                    Address(name),
                    async (HttpContext http, ApiDocumentFiles files) =>
                    {
                        var (bytes, tag) = await files.GetAsync(version());
                        http.Response.Headers.CacheControl = "public, no-cache";
                        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag);
                    }
                )
                .ExcludeFromDescription()
                .For(Right.Read(Resource.Frame));
    }

    private static string Address(string name) => $"/openapi/{name}.json";

    // The page makes its styles by script, and some of it knows nothing of nonces: this gives them to it, before any other script runs. What it
    // writes into style attributes goes the way that a policy leaves open to scripts.
    private const string Styles = """
        const { nonce } = document.currentScript;
        const make = document.createElement;
        document.createElement = function (...what) {
            const element = make.apply(this, what);
            if (element instanceof HTMLStyleElement) element.nonce = nonce;
            return element;
        };
        const set = Element.prototype.setAttribute;
        Element.prototype.setAttribute = function (name, value) {
            if (name === 'style') this.style.cssText = value;
            else set.call(this, name, value);
        };
        const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
        Object.defineProperty(Element.prototype, 'innerHTML', {
            ...html,
            set(text) {
                html.set.call(this, `${text}`.replaceAll(' style="', ' data-style="'));
                for (const element of (this.content ?? this).querySelectorAll('[data-style]')) element.style.cssText = element.dataset.style;
            },
        });
        """;

    // Everything comes from this server, and keys stay in the page: what it offers beyond that (fonts, proxy, telemetry, chat) is off.
    private static void Page(ScalarOptions page, HttpContext context, ApiVersions versions)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        page.WithTitle("Allianz.Portfolio: API")
            .WithNonce(nonce)
            .AddHeadContent($"<meta property=\"csp-nonce\" content=\"{nonce}\"><script nonce=\"{nonce}\">{Styles}</script>")
            // The newest first: it is what somebody begins with.
            .AddDocuments(
                versions.Served.Reverse().Select(version => new ScalarDocument(version.Name, version.Name, Address(version.Name)))
            )
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideClientButton()
            .HideDeveloperTools();
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>Each is written once: it says the same as long as the program runs.</summary>
    private sealed class ApiDocumentFiles(ApiVersions versions, IApiDescriptionGroupCollectionProvider operations)
    {
        private readonly Dictionary<ApiVersion, Lazy<Task<(byte[], EntityTagHeaderValue)>>> _files = versions.All.ToDictionary(
            version => version,
            version => new Lazy<Task<(byte[], EntityTagHeaderValue)>>(async () =>
            {
                var document = ApiDocument.Of(operations.ApiDescriptionGroups.Items.SelectMany(group => group.Items), version, versions);
                using var bytes = new MemoryStream();
                await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
                return (bytes.ToArray(), new EntityTagHeaderValue($"\"{Domain.ReportContent.Hash(bytes.ToArray())[..16]}\""));
            })
        );

        public Task<(byte[] Bytes, EntityTagHeaderValue Tag)> GetAsync(ApiVersion version) => _files[version].Value;
    }
}
