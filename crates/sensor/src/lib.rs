//! Windows, the front-end specification, prompt template, tasks and answers.
