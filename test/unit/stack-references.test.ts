/** A name in the stack that nothing bears is found, whichever way it is said. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { packagedStacks, plantedSlips } from '../support/packaged-stacks.js';

const stacks = packagedStacks('prod in a VPC');
const lambda = 'Resources/ApiLambdaFunction/Properties';
const alarm = 'Resources/ApiErrors/Properties';

plantedSlips(
  () => stacks.templates['prod in a VPC'],
  [
    [
      'a function that is none',
      `${lambda}/Handler`,
      { 'Fn::Joyn': ['', []] },
      'there is no function Fn::Joyn; Fn::Join?',
    ],
    [
      'a dangling Ref',
      `${alarm}/Dimensions/0/Value`,
      { Ref: 'ApiLambdaFunktion' },
      'Dimensions[0].Value.Ref: there is no resource or parameter ApiLambdaFunktion; ApiLambdaFunction?',
    ],
    [
      'a dangling GetAtt',
      `${lambda}/Role`,
      { 'Fn::GetAtt': ['ApiRolle', 'Arn'] },
      'there is no resource ApiRolle; ApiRole?',
    ],
    [
      'an attribute that is none',
      `${lambda}/Role`,
      { 'Fn::GetAtt': ['ApiRole', 'Arm'] },
      'AWS::IAM::Role has no attribute Arm; Arn?',
    ],
    [
      'a dangling name in a Sub',
      `${lambda}/Description`,
      { 'Fn::Sub': 'of ${HttpAppi}' },
      'Description.Fn::Sub: there is no resource or parameter HttpAppi; HttpApi?',
    ],
    [
      'an attribute that is none in a Sub',
      `${lambda}/Description`,
      { 'Fn::Sub': '${DatabaseProxy.Endpoints}' },
      'AWS::RDS::DBProxy has no attribute Endpoints; Endpoint?',
    ],
    [
      'a pseudo parameter that is none',
      `${lambda}/Description`,
      { 'Fn::Sub': '${AWS::Regoin}' },
      'there is no resource or parameter AWS::Regoin; AWS::Region?',
    ],
    [
      'a dangling DependsOn',
      'Resources/ApiLambdaFunction/DependsOn',
      ['ApiRoll'],
      'DependsOn: there is no resource ApiRoll; ApiRole?',
    ],
    [
      'a condition that is none',
      'Resources/AlarmTopic/Condition',
      'HasTopic',
      'Condition: there is no condition HasTopic',
    ],
    [
      'a condition that is none in an If',
      `${alarm}/AlarmName`,
      { 'Fn::If': ['Own', 'a', 'b'] },
      'there is no condition Own',
    ],
    [
      'a variable that nobody filled in',
      `${lambda}/Description`,
      'stage ${sls:stage}',
      'Description: holds ${sls:stage}, which nothing fills in',
    ],
    [
      'one inside a Sub',
      `${lambda}/Description`,
      { 'Fn::Sub': '${param:x}' },
      'there is no resource or parameter param:x',
    ],
    [
      'an output with a dangling Ref',
      'Outputs/HttpApiId/Value',
      { Ref: 'Api' },
      'Outputs.HttpApiId.Value.Ref: there is no resource or parameter Api',
    ],
    [
      'resources that wait for each other',
      'Resources/ApiRole/DependsOn',
      'ApiLambdaFunction',
      'each waits for the next: ApiLambdaFunction -> ApiRole -> ApiLambdaFunction',
    ],
  ],
);
