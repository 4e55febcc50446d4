using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.FileProviders;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>
/// A report's page as one file that needs no other: what the page shows, without the frame of the site, with styles and fonts inside. It is
/// made without anybody's request, so nothing of a session can be in it.
/// </summary>
internal sealed partial class ReportPaper(
    IRazorViewEngine views,
    ITempDataProvider tempData,
    IServiceScopeFactory scopes,
    IWebHostEnvironment environment,
    PublicAddress address
)
{
    private const string Page = "/Pages/Reports/_ReportPaper.cshtml";

    // As the pages are styled, in their order. What could not be restored at build is not there.
    private static readonly string[] _styles = ["lib/kern/fonts/fira-sans.css", "lib/kern/kern.min.css", "portfolio.css"];

    /// <summary>With whose eyes a report is printed: of all who may have it, those of who sees least. So there is one PDF for all of them.</summary>
    private static View Eyes(IssuedReport report, DateOnly day) => new(report.Embargoed ? Visibility.Board : report.Visibility, null, day);

    /// <summary>A report as it stands, when the reader may see it, and what of that its paper shows.</summary>
    /// <param name="view">Who asks.</param>
    /// <param name="number">Of which report.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Standing?> FindAsync(View view, long number, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        if (await mediator.IssuedReportAsync(view, number, ct) is not { } report)
        {
            return null;
        }
        var shown =
            await mediator.ReportStandingAsync(Eyes(report, view.Day), number, ct)
            ?? throw new InvalidOperationException($"Report {number} is not to be seen with its own eyes.");
        // Another build may print otherwise.
        var all = new { Build = typeof(ReportPaper).Module.ModuleVersionId, shown };
        return new(report, shown, Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(all, JsonRules.Output))));
    }

    /// <summary>What is to be printed of a report.</summary>
    public async Task<ShownReport> PageAsync(Standing standing, DateOnly day, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var frozen = await scope
            .ServiceProvider.GetRequiredService<IMediator>()
            .Send(new GetReport.Query(Eyes(standing.Report, day), standing.Report.Number), ct);
        return new(ReportContent.FromBytes(frozen!.Content), ReportContent.Hash(frozen.Content))
        {
            Standing = standing.Shown,
            Address = address.Of,
            OnPaper = true,
        };
    }

    /// <param name="Report">As it stands in the list for who asks.</param>
    /// <param name="Shown">What the paper shows besides what is frozen.</param>
    /// <param name="Fingerprint">Another one when the paper is.</param>
    public sealed record Standing(IssuedReport Report, ReportStanding Shown, string Fingerprint);

    public async Task WriteAsync(ShownReport report, TextWriter writer)
    {
        await using var scope = scopes.CreateAsyncScope();
        var action = new ActionContext(
            new DefaultHttpContext { RequestServices = scope.ServiceProvider },
            new RouteData(),
            new ActionDescriptor()
        );
        var view = views.GetView(null, Page, isMainPage: false).View ?? throw new InvalidOperationException($"There is no view {Page}.");
        var data = new ViewDataDictionary<ShownReport>(new EmptyModelMetadataProvider(), new ModelStateDictionary())
        {
            Model = report,
            ["Styles"] = Styles(),
        };
        await view.RenderAsync(
            new ViewContext(action, view, data, new TempDataDictionary(action.HttpContext, tempData), writer, new HtmlHelperOptions())
        );
    }

    private string Styles() => string.Concat(_styles.Select(path => Inlined(environment.WebRootFileProvider, path)));

    private static string Inlined(IFileProvider files, string path)
    {
        if (files.GetFileInfo(path) is not { Exists: true } file)
        {
            return "";
        }
        using var reader = new StreamReader(file.CreateReadStream());
        return Font()
            .Replace(
                reader.ReadToEnd(),
                found =>
                    files.GetFileInfo(Path.Combine(Path.GetDirectoryName(path)!, found.Groups["file"].Value)) is { Exists: true } font
                        ? $"url(data:font/woff2;base64,{Base64(font)})"
                        : found.Value
            );
    }

    private static string Base64(IFileInfo file)
    {
        using var bytes = new MemoryStream();
        using var stream = file.CreateReadStream();
        stream.CopyTo(bytes);
        return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    [GeneratedRegex("""url\("?\./(?<file>[A-Za-z0-9/_-]+\.woff2)"?\)""", RegexOptions.CultureInvariant)]
    private static partial Regex Font();
}
