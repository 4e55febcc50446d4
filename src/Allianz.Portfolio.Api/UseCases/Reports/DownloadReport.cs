using System.Globalization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Net.Http.Headers;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>A report as a file for Word, Excel or any other program, beside its page.</summary>
internal static class DownloadReport
{
    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var form in ReportFiles.Forms)
        {
            app.MapGet(
                    $"/reports/{{number}}.{form.Extension}",
                    (
                        string number,
                        HttpContext http,
                        IMediator mediator,
                        AuditLog audit,
                        ReportFiles files,
                        TimeProvider clock,
                        CancellationToken ct
                    ) => AnswerAsync(form, number, http, mediator, audit, files, clock, ct)
                )
                // The API's document describes what is below /api.
                .ExcludeFromDescription()
                .For(Right.Read(Resource.Report));
        }
    }

    private static async Task<IResult> AnswerAsync(
        ReportForm form,
        string number,
        HttpContext http,
        IMediator mediator,
        AuditLog audit,
        ReportFiles files,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var view = http.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        if (
            !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || await mediator.Send(new GetReport.Query(view, n), ct) is not { } report
            || await mediator.IssuedReportAsync(view, n, ct) is not { } listed
        )
        {
            // As of the page of a report that is not there: people get a page, programs a problem.
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }
        await audit.TakenAsync(http, n, report.Visibility);
        var headers = http.Response.Headers;
        headers.Vary = ReadRequest.Vary;
        // It may look otherwise in another version of the program, so it is asked for again.
        headers.CacheControl = http.Caller().Role == Role.Anonymous ? ReadRequest.PublicUntilAskedAgain : "private, no-cache";
        var hash = ReportContent.Hash(report.Content);
        var tag = files.TagOf(form, hash, listed);
        if (http.Request.Headers.IfNoneMatch.Any(t => t is not null && (t.Contains(tag, StringComparison.Ordinal) || t == "*")))
        {
            headers.ETag = tag;
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }
        var file = await files.MakeAsync(form, report.Content, hash, listed, ct);
        return Results.File(
            file,
            form.ContentType,
            string.Create(CultureInfo.InvariantCulture, $"sachstandsbericht-{n}.{form.Extension}"),
            entityTag: EntityTagHeaderValue.Parse(tag)
        );
    }
}
