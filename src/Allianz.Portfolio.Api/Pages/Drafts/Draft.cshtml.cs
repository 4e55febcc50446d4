using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What people write into a report: foreword and comments on projects. An empty comment is none.</summary>
[Right(Act.Change, Resource.ReportDraft)]
internal sealed class DraftModel(IMediator mediator, TimeProvider clock) : DraftForm(mediator, clock)
{
    private const int MostProjects = 2000;

    [BindProperty]
    public string? Foreword { get; set; }

    [BindProperty]
    public List<CommentEntry> Comments { get; set; } = [];

    /// <summary>The one that the form was filled in for.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public ReportDraft Draft { get; private set; } = null!;

    /// <summary>Those that may be commented on, by title.</summary>
    public IReadOnlyList<(string Value, string Text)> Projects { get; private set; } = [];

    public string TitleOf(string? project) => Projects.FirstOrDefault(p => p.Value == project).Text ?? project ?? "";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var ct = HttpContext.RequestAborted;
        if (await DraftAsync((string)RouteData.Values["draft"]!, ct) is not { } draft)
        {
            context.Result = NotFound();
            return;
        }
        Draft = draft;
        if (draft.Report is null)
        {
            await ReadMeetingsAsync(draft.Meeting, ct);
            var projects = await Mediator.Send(new ListProjects.Query(View, "title", MostProjects), ct);
            Projects = [.. projects.Where(p => p.Visibility <= draft.Visibility).Select(p => (p.Key, p.Title))];
        }
        await next();
    }

    public void OnGet()
    {
        (Title, Visibility, Meeting) = (Draft.Title, Codes.Of(Draft.Visibility), Draft.Meeting);
        (Foreword, WithMandates, Revision) = (Draft.Foreword, Draft.WithMandates ? "true" : "false", Draft.Revision);
        Comments = [.. Draft.Comments.Select(c => new CommentEntry { Project = c.Project, Text = c.Text }), new()];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        foreach (var (comment, n) in Comments.Select((c, n) => (c, n)))
        {
            if (!string.IsNullOrWhiteSpace(comment.Text) && string.IsNullOrEmpty(comment.Project))
            {
                Wrong($"comments-{n}-project", "Wählen Sie das Projekt, zu dem der Kommentar gehört.");
            }
        }
        if (ChosenVisibility is null)
        {
            Wrong("visibility", "Wählen Sie, für wen der Bericht sichtbar wird.");
        }
        if (Errors.Count > 0)
        {
            return Again();
        }
        // The places in what is sent, by the places in the form.
        var written = Comments.Index().Where(c => !string.IsNullOrWhiteSpace(c.Item.Text)).ToList();
        var patch = new JsonObject
        {
            ["title"] = Title?.Trim() ?? "",
            ["visibility"] = Visibility,
            ["meeting"] = string.IsNullOrEmpty(Meeting) ? null : Meeting,
            ["withMandates"] = WithMandates == "true",
            ["foreword"] = string.IsNullOrWhiteSpace(Foreword) ? null : Foreword.ReplaceLineEndings("\n").Trim(),
            ["comments"] = new JsonArray([
                .. written.Select(c => new JsonObject
                {
                    ["project"] = c.Item.Project,
                    ["text"] = c.Item.Text!.ReplaceLineEndings("\n").Trim(),
                }),
            ]),
        };
        var command = new Change<ReportDraft>(HttpContext.Caller(), null, Draft.Key, new Precondition([Revision]), patch);
        if (!await TryAsync(() => Mediator.Send(command, ct), error => Said(error, [.. written.Select(c => c.Index)])))
        {
            return Again();
        }
        Done = "Der Entwurf ist gespeichert.";
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostDeleteAsync(CancellationToken ct)
    {
        var command = new Delete<ReportDraft>(HttpContext.Caller(), null, Draft.Key, new Precondition([Revision]));
        if (!await TryAsync(() => Mediator.Send(command, ct), Said))
        {
            OnGet();
            return Again();
        }
        Done = $"Der Entwurf „{Draft.Title}“ ist verworfen.";
        return RedirectToPage("/Drafts/Index");
    }

    private static InputError Said(FieldError error, IReadOnlyList<int> places)
    {
        var path = error.Pointer.Split('/');
        return path is ["", "comments", var at, var field] && int.TryParse(at, out var n) && n < places.Count
            ? new(
                $"comments-{places[n]}-{field}",
                field != "project"
                    ? "Ein Kommentar hat höchstens 2000 Zeichen."
                    : GermanFindings.Of(error) ?? "Dieses Projekt kommt in einem Bericht dieser Sichtbarkeit nicht vor."
            )
            : Said(error);
    }

    /// <summary>A comment as it is typed.</summary>
    public sealed class CommentEntry
    {
        public string? Project { get; set; }
        public string? Text { get; set; }
    }
}
