using Allianz.Portfolio.Api.Features.Accounts;
using Allianz.Portfolio.Api.Features.ApiKeys;
using Allianz.Portfolio.Api.Features.Assessments;
using Allianz.Portfolio.Api.Features.Assignments;
using Allianz.Portfolio.Api.Features.Audit;
using Allianz.Portfolio.Api.Features.BoardMeetings;
using Allianz.Portfolio.Api.Features.Changes;
using Allianz.Portfolio.Api.Features.DecisionRequests;
using Allianz.Portfolio.Api.Features.Duties;
using Allianz.Portfolio.Api.Features.Imports;
using Allianz.Portfolio.Api.Features.Indicators;
using Allianz.Portfolio.Api.Features.Letters;
using Allianz.Portfolio.Api.Features.Mandates;
using Allianz.Portfolio.Api.Features.Milestones;
using Allianz.Portfolio.Api.Features.PartnerContacts;
using Allianz.Portfolio.Api.Features.Partners;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Features.Redactions;
using Allianz.Portfolio.Api.Features.ReportDrafts;
using Allianz.Portfolio.Api.Features.ReportingCycles;
using Allianz.Portfolio.Api.Features.Reports;
using Allianz.Portfolio.Api.Features.ReportSchedules;
using Allianz.Portfolio.Api.Features.StatusDrafts;
using Allianz.Portfolio.Api.Features.StatusUpdates;
using Allianz.Portfolio.Api.Features.UpdateLinks;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;

namespace Allianz.Portfolio.Api.Features;

/// <summary>The table of contents: one line per slice.</summary>
internal static class Routes
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroupBuiltOnce("/api/v1");

        GetPortfolio.Map(api);
        ListPortfolioFields.Map(api);
        ListOverdueMilestones.Map(api);
        ListNextMilestones.Map(api);
        ListSignals.Map(api);
        ListOpenDecisionRequests.Map(api);
        ListChanges.Map(api);
        GetDifference.Map(api);

        ListProjects.Map(api);
        GetProject.Map(api);
        Kinds.Projects.Kind.Map(api);
        ListProjectHistory.Map(api);

        Participations.Kind.Map(api);

        Kinds.Milestones.Kind.Map(api);
        ListMilestoneTrends.Map(api);

        ListStatusUpdates.Map(api);
        GetStatusUpdate.Map(api);
        CreateStatusUpdate.Map(api);

        GetStatusDraft.Map(api);
        PutStatusDraft.Map(api);
        DeleteStatusDraft.Map(api);

        ListUpdateLinks.Map(api);
        GetUpdateLink.Map(api);
        CreateUpdateLink.Map(api);
        RevokeUpdateLink.Map(api);

        ListAssessments.Map(api);
        GetAssessment.Map(api);
        CreateAssessment.Map(api);

        Gates.Kind.Map(api);

        Risks.Kind.Map(api);

        ListDecisionRequests.Map(api);
        GetDecisionRequest.Map(api);
        CreateDecisionRequest.Map(api);
        PatchDecisionRequest.Map(api);
        DeleteDecisionRequest.Map(api);

        ListPartners.Map(api);
        Kinds.Partners.Kind.Map(api);
        GetPartnerContact.Map(api);
        PutPartnerContact.Map(api);

        FieldsOfAction.Kind.Map(api);

        ListReportingCycles.Map(api);
        GetReportingCycle.Map(api);
        CreateReportingCycle.Map(api);
        PatchReportingCycle.Map(api);
        DeleteReportingCycle.Map(api);

        ListDuties.Map(api);

        ListBoardMeetings.Map(api);
        GetBoardMeeting.Map(api);
        CreateBoardMeeting.Map(api);
        PatchBoardMeeting.Map(api);
        DeleteBoardMeeting.Map(api);
        ListAgenda.Map(api);
        ListDecisions.Map(api);

        ListMandates.Map(api);
        GetMandate.Map(api);
        CreateMandate.Map(api);
        PatchMandate.Map(api);
        DeleteMandate.Map(api);
        ListMandateProjects.Map(api);

        ListMandateLinks.Map(api);
        GetMandateLink.Map(api);
        CreateMandateLink.Map(api);
        PatchMandateLink.Map(api);
        DeleteMandateLink.Map(api);

        Kinds.Indicators.Kind.Map(api);
        ListIndicatorProjects.Map(api);

        ListObservations.Map(api);
        GetObservation.Map(api);
        CreateObservation.Map(api);
        PatchObservation.Map(api);
        DeleteObservation.Map(api);

        ListIndicatorLinks.Map(api);
        GetIndicatorLink.Map(api);
        CreateIndicatorLink.Map(api);
        PatchIndicatorLink.Map(api);
        DeleteIndicatorLink.Map(api);

        ListImports.Map(api);
        GetImport.Map(api);
        ImportFile.Map(api);

        ListReportSchedules.Map(api);
        GetReportSchedule.Map(api);
        CreateReportSchedule.Map(api);
        PatchReportSchedule.Map(api);
        DeleteReportSchedule.Map(api);

        ListReports.Map(api);
        GetReport.Map(api);
        IssueReport.Map(api);
        VerifyReport.Map(api);
        GetReportPdf.Map(api);
        ListReportTransitions.Map(api);
        GetReportTransition.Map(api);
        CreateReportTransition.Map(api);
        AcknowledgeReport.Map(api);

        ListReportDrafts.Map(api);
        GetReportDraft.Map(api);
        CreateReportDraft.Map(api);
        PatchReportDraft.Map(api);
        DeleteReportDraft.Map(api);
        PreviewReportDraft.Map(api);
        IssueReportDraft.Map(api);

        ListAssignments.Map(api);
        GetAssignment.Map(api);
        CreateAssignment.Map(api);
        PatchAssignment.Map(api);
        DeleteAssignment.Map(api);

        ListAccounts.Map(api);
        GetAccount.Map(api);
        CreateAccount.Map(api);
        PatchAccount.Map(api);
        ExportAccount.Map(api);
        DeleteAccount.Map(api);
        InviteAgain.Map(api);
        RemoveSecondFactor.Map(api);

        ListApiKeys.Map(api);
        GetApiKey.Map(api);
        CreateApiKey.Map(api);
        RotateApiKey.Map(api);
        RevokeApiKey.Map(api);

        ListAuditRecords.Map(api);
        Redact.Map(api);

        ListLetters.Map(api);

        DownloadReport.Map(app);

        app.MapNothingElse();
    }
}
